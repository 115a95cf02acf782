"""Checks on the urgent wordings: every one brings its card, and nothing else brings any."""

from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import Source
from bot.core.knowledge.message_models import UrgentFile
from bot.core.knowledge.places import Found, Group, Sources, groups_in
from bot.core.safety import BadPattern, UrgentCheck, compile_check, compile_pattern


def urgent_check(urgent: UrgentFile) -> UrgentCheck:
    """Return the compiled urgent check; raise BadPattern if a trigger cannot be read."""
    kinds = {name: kind.triggers for name, kind in urgent.kinds.items()}
    return compile_check(kinds, urgent.harmless, urgent.pieces)


def urgent_wordings(sources: Sources) -> Found:
    """Yield triggers that cannot be read, urgent wordings that bring no card, and harmless ones that bring one."""
    source = sources["urgent.yaml"]
    urgent: UrgentFile = source.value
    broken = list(_bad_patterns(source, urgent))
    if broken:
        yield from broken
        return
    check = urgent_check(urgent)
    for group in (group for group in groups_in(sources) if group.heard):
        yield from _misheard(group, check)


def _bad_patterns(source: Source, urgent: UrgentFile) -> Found:
    for at, phrase in enumerate(urgent.harmless):
        yield from _bad_pattern(source, ("harmless", at), phrase, urgent)
    for name, kind in urgent.kinds.items():
        for at, trigger in enumerate(kind.triggers):
            yield from _bad_pattern(source, ("kinds", name, "triggers", at), trigger, urgent)


def _bad_pattern(source: Source, path: yaml_text.Path, pattern: str, urgent: UrgentFile) -> Found:
    try:
        compile_pattern(pattern, urgent.pieces)
    except BadPattern as bad:
        yield source.problem(path, bad, "bad_pattern")


def _misheard(group: Group, check: UrgentCheck) -> Found:
    for path, text in group.texts():
        heard = check.kinds_in(text)
        if group.urgent and group.urgent not in heard:
            yield group.source.problem(path, text, "urgent_silent", kind=group.urgent)
        if not group.urgent and heard:
            yield group.source.problem(path, text, "urgent_false", kind=", ".join(heard))
