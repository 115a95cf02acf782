"""Checks on the urgent wordings: every one brings its card, and nothing else brings any."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import Source
from bot.core.knowledge.message_models import UrgentFile
from bot.core.knowledge.places import Found, Group, Sources, groups_in
from bot.core.safety import BadPattern, UrgentCheck, compile_check, compile_trigger

Pieces: TypeAlias = Mapping[str, Sequence[str]]


def urgent_check(urgent: UrgentFile) -> UrgentCheck:
    """Return the compiled urgent check; raise BadPattern if a trigger cannot be read."""
    kinds = {name: kind.triggers for name, kind in urgent.kinds.items()}
    return compile_check(kinds, urgent.harmless, urgent.pieces)


def urgent_wordings(sources: Sources) -> Found:
    """Yield triggers that cannot be read, urgent wordings that bring no card, and harmless ones that bring one."""
    source = sources["urgent.yaml"]
    urgent: UrgentFile = source.value
    lists: dict[yaml_text.Path, Sequence[str]] = {("harmless",): urgent.harmless}
    lists |= {("kinds", name, "triggers"): kind.triggers for name, kind in urgent.kinds.items()}
    broken = list(bad_patterns(source, lists, urgent.pieces))
    if broken:
        yield from broken
        return
    check = urgent_check(urgent)
    for group in (group for group in groups_in(sources) if group.heard):
        yield from _misheard(group, check)


def bad_patterns(source: Source, lists: Mapping[yaml_text.Path, Sequence[str]], pieces: Pieces) -> Found:
    """Yield each row of tokens that cannot be read, of `lists` by their places in the file."""
    for path, rows in lists.items():
        for at, row in enumerate(rows):
            try:
                compile_trigger(row, pieces)
            except BadPattern as bad:
                yield source.problem((*path, at), bad, "bad_pattern")


def _misheard(group: Group, check: UrgentCheck) -> Found:
    for path, text in group.texts():
        heard = check.kinds_in(text)
        if group.urgent and group.urgent not in heard:
            yield group.source.problem(path, text, "urgent_silent", kind=group.urgent)
        if not group.urgent and heard:
            yield group.source.problem(path, text, "urgent_false", kind=", ".join(heard))
