"""Checks on the danger signs of offers: rules that can be read, letters and ids that are right."""

from collections.abc import Sequence

from bot.core.knowledge.message_models import OffersFile
from bot.core.knowledge.places import Found, Sources
from bot.core.knowledge.register_checks import ids_in, unknown
from bot.core.knowledge.urgent_checks import bad_patterns
from bot.core.knowledge.yaml_text import Path


def offers(sources: Sources) -> Found:
    """Yield rules that cannot be read, a letter that two flags have, contacts and an entry that nobody knows."""
    source = sources["offers.yaml"]
    file: OffersFile = source.value
    seen: dict[str, str] = {}
    for name, flag in file.flags.items():
        other = seen.setdefault(flag.letter, name)
        if other != name:
            yield source.problem(("flags", name, "letter"), flag.letter, "same_letter", other=other)
    lists: dict[Path, Sequence[str]] = {("harmless",): file.harmless}
    lists |= {("flags", name, "triggers"): flag.triggers for name, flag in file.flags.items()}
    yield from bad_patterns(source, lists, file.pieces)
    yield from unknown(source, ("contacts",), file.contacts, sources["contacts.yaml"].value, "contacts.yaml")
    if file.entry not in ids_in(sources):
        yield source.problem(("entry",), file.entry, "unknown_id", register="advice/")
