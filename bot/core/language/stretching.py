"""A long text in stretches that are each read whole: a cry for help may stand at the very end of a story."""

from collections.abc import Iterator

from bot.core.language.asking import sentences_in
from bot.core.language.normal import MAX_LETTERS, visible

STRETCH = MAX_LETTERS - 100
"""Letters of a stretch: fewer than are read of a text, for a letter may stand for two."""
AGAIN = 80
"""Letters of a sentence without end that are read again in the next stretch, and of a sentence that is."""


def stretches(text: str) -> tuple[str, ...]:
    """Return `text` itself if it is short, else overlapping stretches of whole sentences, as far as they end."""
    seen = visible(text)
    if len(seen) <= STRETCH:
        return (text,)
    found: list[str] = []
    now = ""
    for piece in (piece for sentence in sentences_in(seen) for piece in _pieces(sentence)):
        if now and len(now) + len(piece) > STRETCH:
            found.append(now)
            before = now[now.rfind("\n") + 1 :]
            now = before if len(before) <= AGAIN and len(before) + len(piece) <= STRETCH else ""
        now = f"{now}\n{piece}" if now else piece
    return (*found, now) if now else tuple(found) or (text,)


def _pieces(sentence: str) -> Iterator[str]:
    """Yield a sentence, or one that is too long in overlapping parts, cut between words where there are any."""
    while len(sentence) > STRETCH:
        end = sentence.rfind(" ", STRETCH // 2, STRETCH)
        end = end if end > 0 else STRETCH
        yield sentence[:end]
        again = sentence.find(" ", end - AGAIN, end)
        sentence = sentence[again + 1 if again > 0 else end - AGAIN :]
    yield sentence
