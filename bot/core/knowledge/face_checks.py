"""Checks on what is seen from afar: titles and buttons tell nothing of the reader, nor do texts that are held up."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, TypeAlias

from bot.core.knowledge.loading import Source
from bot.core.knowledge.models import Both
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.places import Found, Sources, entries_in
from bot.core.knowledge.register_checks import ids_in
from bot.core.knowledge.yaml_text import Path as Where
from bot.core.model import LONGEST_ACTION, Action, Language, Verb

_VOICES: Final = {Language.KO: "voice/ko.yaml", Language.EN: "voice/en.yaml"}
_INSIDE: Final = frozenset(["word_north", "card_word_and_north"])
"""Sentences that stand below another line, always."""
_Titled: TypeAlias = tuple[Source, Where, Both]


def telling(sources: Sources) -> Found:
    """Yield each title, button and command that tells a stranger who is asking: lock screens show them."""
    for source, path, title in _titles(sources):
        for language, text in ((Language.KO, title.ko), (Language.EN, title.en)):
            if found := _telling_in(text, sources[_VOICES[language]].value.telling):
                yield source.problem((*path, language.value), text, "telling", words=", ".join(found))
    for name in _VOICES.values():
        phrases: Phrases = sources[name].value
        for path, text in _seen_from_afar(phrases):
            if found := _telling_in(text, phrases.telling):
                yield sources[name].problem(path, text, "telling", words=", ".join(found))


def origin(sources: Sources) -> Found:
    """Yield each text to hold up or to read out that tells where somebody comes from, though it is not needed there."""
    for source, entry in entries_in(sources):
        told = []
        for language, name in _VOICES.items():
            phrases: Phrases = sources[name].value
            words = (*phrases.telling, *phrases.telling_offices)
            for field, both in (("show", entry.show), ("call", entry.call)):
                text = "" if both is None else both.en if language is Language.EN else both.ko
                told += [((field, language.value), text, found)] if (found := _telling_in(text, words)) else []
        if told and entry.origin is None:
            for path, text, found in told:
                yield source.problem(path, text, "origin_told", words=", ".join(found))
        if entry.origin and not told:
            yield source.problem(("origin",), entry.origin, "origin_untold")


def buttons(sources: Sources) -> Found:
    """Yield what would make a button carry more than it can: ids that are too long where several are joined."""
    stages = sources["stages.yaml"]
    for at, stage in enumerate(stages.value):
        for part_at, part in enumerate(stage.parts):
            for question in part.questions:
                target = f"{stage.id}.{part.category}.{question.entry}"
                if not Action(Verb.STAGE_CARD, Language.KO, target).fits:
                    yield stages.problem((at, "parts", part_at), target, "long_button", limit=LONGEST_ACTION)
    longest = sorted(ids_in(sources), key=lambda id_: (len(id_), id_))[-3:]
    if not Action(Verb.CHOICES, Language.KO, ".".join(longest)).fits:
        named = (source for source, _ in entries_in(sources) if Path(source.name).stem in longest)
        yield next(named, sources["urgent.yaml"]).problem((), ".".join(longest), "long_button", limit=LONGEST_ACTION)


def requests(sources: Sources) -> Found:
    """Yield each kind of request that is no command."""
    commands = sources[_VOICES[Language.KO]].value.commands
    for name in sources["requests.yaml"].value:
        if name not in commands:
            yield sources["requests.yaml"].problem((name,), name, "unknown_id", register="voice/ko.yaml commands")


def _titles(sources: Sources) -> Iterator[_Titled]:
    """Yield everything that is a title or a button's label, with its place."""
    yield from ((source, ("title",), entry.title) for source, entry in entries_in(sources))
    categories, stages, offers = (sources[f"{name}.yaml"] for name in ("advice/categories", "stages", "offers"))
    yield from ((categories, (at, "title"), each.title) for at, each in enumerate(categories.value))
    for name, kind in sources["urgent.yaml"].value.kinds.items():
        yield sources["urgent.yaml"], ("kinds", name, "title"), kind.title
        yield sources["urgent.yaml"], ("kinds", name, "card"), Both(ko=kind.card.ko[0], en=kind.card.en[0])
    for at, stage in enumerate(stages.value):
        yield stages, (at, "title"), stage.title
        for part_at, part in enumerate(stage.parts):
            for question_at, question in enumerate(part.questions):
                path: Where = (at, "parts", part_at, "questions", question_at)
                yield stages, path, Both(ko=question.ko, en=question.en)
    yield from ((offers, ("flags", name, "title"), flag.title) for name, flag in offers.value.flags.items())
    concepts, follow_ups = sources["concepts.yaml"], sources["follow_ups.yaml"]
    yield from ((concepts, (at, "title"), each.title) for at, each in enumerate(concepts.value))
    yield from ((follow_ups, ("aspects", name, "title"), each.title) for name, each in follow_ups.value.aspects.items())


def _seen_from_afar(phrases: Phrases) -> Iterator[tuple[Where, str]]:
    """Yield the buttons and commands, and the first line of everything the bot says."""
    yield from ((("commands", name), text) for name, text in phrases.commands.items())
    yield from ((("only_text", name), text) for name, text in phrases.only_text.items())
    for field in type(phrases).model_fields:
        said = getattr(phrases, field)
        if isinstance(said, str) and field not in _INSIDE:
            yield (field,), said
        if isinstance(said, tuple) and not field.startswith("telling"):
            yield (field, 0), said[0]
    reasons = chain(
        phrases.feedback_reasons.items(), ((felt, lines[0]) for felt, lines in phrases.feedback_heard.items())
    )
    yield from ((("feedback", felt.value), text) for felt, text in reasons)


def _telling_in(text: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.casefold() in text.casefold()]
