"""Every check on content that needs more than one field: the same for the command line, the start and a preview."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from bot.core.knowledge.card_checks import concept_cards, lengths
from bot.core.knowledge.face_checks import buttons, origin, requests, telling
from bot.core.knowledge.figure_checks import figures
from bot.core.knowledge.loading import Unreadable, assemble, canonical, read_folder
from bot.core.knowledge.offer_checks import offers
from bot.core.knowledge.places import Found, Sources
from bot.core.knowledge.problems import problem
from bot.core.knowledge.register_checks import categories, concepts, facts, ledger, references, retired, stages, words
from bot.core.knowledge.text_checks import doubled, few, nearly_doubled, numbers, personal
from bot.core.knowledge.urgent_checks import urgent_wordings
from bot.core.knowledge.voice_checks import feedback, voices
from bot.core.knowledge.whole import Knowledge


def load(folder: Path) -> Knowledge:
    """Return the knowledge in `folder`; raise Unreadable with every problem of every file."""
    sources = read_folder(folder)
    demand_sound(sources)
    return assemble(sources)


def demand_sound(sources: Sources) -> None:
    """Raise Unreadable with every problem of content, if there is one, in files whose form is right."""
    if problems := list(problems_of(sources)):
        raise Unreadable(problems)


def problems_of(sources: Sources) -> Found:
    """Yield every problem of content in files whose form is right."""
    for check in CHECKS:
        yield from check(sources)


def _canonical(sources: Sources) -> Found:
    for source in sources.values():
        if canonical(source) != source.text:
            at = _first_difference(source.text, canonical(source))
            found = "".join(source.text.splitlines()[at : at + 1]).strip()
            yield problem(source.name, at + 1, (), found or "-", "not_canonical")


def _first_difference(text: str, wanted: str) -> int:
    pairs = zip(text.splitlines(), wanted.splitlines(), strict=False)
    return next((at for at, (have, want) in enumerate(pairs) if have != want), 0)


CHECKS: Final[tuple[Callable[[Sources], Found], ...]] = (
    _canonical, categories, references, retired, facts, stages, ledger, concepts, words, few, doubled, nearly_doubled,
    personal, lengths, concept_cards, numbers, figures, urgent_wordings, telling, origin, buttons, requests, offers,
    voices, feedback,
)  # fmt: skip
"""The checks in the order in which they run."""
