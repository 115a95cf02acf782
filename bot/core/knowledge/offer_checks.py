"""Checks on the danger signs of offers: rules that can be read, letters and ids that are right."""

from bot.core.knowledge.message_models import OffersFile
from bot.core.knowledge.places import Found, Sources
from bot.core.knowledge.register_checks import ids_in
from bot.core.safety import BadPattern, compile_trigger


def offers(sources: Sources) -> Found:
    """Yield rules that cannot be read, a letter that two flags have, contacts and an entry that nobody knows."""
    source = sources["offers.yaml"]
    file: OffersFile = source.value
    seen: dict[str, str] = {}
    for name, flag in file.flags.items():
        other = seen.setdefault(flag.letter, name)
        if other != name:
            yield source.problem(("flags", name, "letter"), flag.letter, "same_letter", other=other)
        for at, trigger in enumerate(flag.triggers):
            try:
                compile_trigger(trigger, file.pieces)
            except BadPattern as bad:
                yield source.problem(("flags", name, "triggers", at), bad, "bad_pattern")
    for at, phrase in enumerate(file.harmless):
        try:
            compile_trigger(phrase, file.pieces)
        except BadPattern as bad:
            yield source.problem(("harmless", at), bad, "bad_pattern")
    for at, id_ in enumerate(file.contacts):
        if id_ not in sources["contacts.yaml"].value:
            yield source.problem(("contacts", at), id_, "unknown_id", register="contacts.yaml")
    if file.entry not in ids_in(sources):
        yield source.problem(("entry",), file.entry, "unknown_id", register="advice/")
