"""The urgent check: deterministic, readable as data (`knowledge/urgent.yaml`), run before everything else.

A trigger is a row of tokens. A space between two tokens lets a few other letters stand there (fewer in a harmless
phrase), a token `~` a whole sentence, crossed out or not; `+` joins without a gap; `@name` stands for the alternatives
listed under `pieces`; `|` separates alternatives (an empty one may be missing); `^` and `$` mark the start and the end
of a word, `^^` and `$$` of the text ("^+불이야", "^^+살려주세요+$$"); a token with `!` before it must stand nowhere in
the text ("자살 !드라마|영화"). Korean and Chinese are read whether or not there are spaces ("죽고 싶" = "죽고싶"); a
token with Latin letters is read as whole words, `_` standing for a space ("want_to_die"). Harmless phrases ("배고파
죽겠다") are crossed out first; what is left is searched for triggers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from bot.core.language.normal import plain, starts_in

_LATIN = re.compile(r"[a-z]")
_CROSSED_OUT = " # "
_GAP = r"([^#]{0,18}?)"
_HARMLESS_GAP = r"([^#]{0,6}?)"
_WIDE_GAP = r"(.{0,80}?)"
_LATIN_GAP = r"((?: [^# ]+){0,4}? )"
_LATIN_WIDE_GAP = r"((?: +[^ ]+){0,16}? +)"
_ABSENT = "!"
_Atom: TypeAlias = tuple[str, ...]
"""The alternatives of one word of a token."""
_WIDE: tuple[_Atom, ...] = (("~",),)
_EDGES = {"^": r"(?<!\w)", "$": r"(?!\w)", "^^": r"(?<=\A )", "$$": r"(?= ?\Z)"}


class BadPattern(ValueError):
    """A trigger or harmless phrase that cannot be read; the message names the piece that is missing or empty."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of tokens looks for: a regular expression, and the words of which one each must be in the text.

    There are many rows and a text speaks of few: the words are looked for first, and the expression is only compiled
    when all of them are there. `keys` are the identities of `needed`, of which equal ones are one object (see _one);
    `rarest` is that of the one with the fewest alternatives, which is looked at before the others.
    """

    regex: str
    needed: tuple[_Atom, ...]
    keys: frozenset[int]
    rarest: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row of tokens that must be found, and others that must not stand anywhere in the text."""

    wanted: Row
    unwanted: tuple[Row, ...]


@dataclass(slots=True)
class Heard:
    """A text while it is searched: `whole`, what is `left` of it without harmless phrases, the `keys` of its words."""

    whole: str
    left: str
    keys: set[int]

    def may_have(self, row: Row) -> bool:
        """Say whether every word that `row` needs is in the text somewhere."""
        return row.keys <= self.keys

    def cross_out(self, phrase: Row) -> None:
        """Cross out the tokens of a harmless phrase; what stands in the gaps between them is still read."""
        if self.may_have(phrase):
            self.left = compiled(phrase.regex).sub(_without_tokens, self.left)

    def fires(self, trigger: Trigger) -> bool:
        """Say whether the text speaks of what `trigger` looks for."""
        if not self.may_have(trigger.wanted) or not compiled(trigger.wanted.regex).search(self.left):
            return False
        return not any(self.may_have(row) and compiled(row.regex).search(self.whole) for row in trigger.unwanted)


@dataclass(frozen=True, slots=True)
class UrgentCheck:
    """The triggers of all kinds in the order in which they are looked for, and the phrases to cross out first.

    `words` has the words of all rows by their first one or two letters, each with the keys of the atoms it stands for;
    `several` the same for what is more than one word ("want to die"), by its first letters without spaces.
    `triggers` and `phrases` (places in `harmless`) stand under the key of their rarest atom: most need no look at all.
    """

    kinds: Mapping[str, tuple[Trigger, ...]]
    harmless: tuple[Row, ...]
    words: Mapping[str, Mapping[str, set[int]]]
    triggers: Mapping[int, Sequence[tuple[str, Trigger]]] = field(default_factory=dict)
    phrases: Mapping[int, Sequence[int]] = field(default_factory=dict)
    several: Mapping[str, Mapping[str, set[int]]] = field(default_factory=dict)

    def kinds_in(self, text: str) -> tuple[str, ...]:
        """Return the kinds of emergency that `text` speaks of, the gravest first; none for a harmless text."""
        heard = self.hear(text)
        found: set[str] = set()
        for key in heard.keys & self.triggers.keys():
            found.update(kind for kind, each in self.triggers[key] if kind not in found and heard.fires(each))
        return tuple(kind for kind in self.kinds if kind in found)

    def fired(self, text: str) -> tuple[tuple[str, int], ...]:
        """Return every trigger that hears `text`, as its kind and its place in the list of that kind."""
        heard = self.hear(text)
        return tuple((kind, at) for kind, row in self.kinds.items() for at, each in enumerate(row) if heard.fires(each))

    def hear(self, text: str) -> Heard:
        """Return `text` ready to be searched, harmless phrases crossed out."""
        whole = f" {plain(text)} "
        heard = Heard(whole, whole, self._keys_in(whole))
        for at in sorted(at for key in heard.keys & self.phrases.keys() for at in self.phrases[key]):
            heard.cross_out(self.harmless[at])
        return heard

    def _keys_in(self, text: str) -> set[int]:
        """Return the keys of the words in `text`; where it has spaces does not matter, but for Latin words."""
        together, found = text.replace(" ", ""), set[int]()
        starts = starts_in(together)
        for words, where in ((self.words, together), (self.several, text)):
            for start in words.keys() & starts:
                for word, keys in words[start].items():
                    if word in where:
                        found |= keys
        return found


def compile_check(
    kinds: Mapping[str, Sequence[str]], harmless: Sequence[str], pieces: Mapping[str, Sequence[str]]
) -> UrgentCheck:
    """Read `kinds` (kind -> triggers, gravest first) and `harmless` phrases; raise BadPattern on one that is wrong."""
    triggers = {kind: tuple(compile_trigger(row, pieces) for row in rows) for kind, rows in kinds.items()}
    crossed = tuple(compile_pattern(phrase, pieces, _HARMLESS_GAP) for phrase in harmless)
    every = (row for kind in triggers.values() for trigger in kind for row in (trigger.wanted, *trigger.unwanted))
    by_rarest: dict[int, list[tuple[str, Trigger]]] = {}
    for kind, trigger in ((kind, trigger) for kind, row in triggers.items() for trigger in row):
        by_rarest.setdefault(trigger.wanted.rarest, []).append((kind, trigger))
    phrases: dict[int, list[int]] = {}
    for at, phrase in enumerate(crossed):
        phrases.setdefault(phrase.rarest, []).append(at)
    one, several = _words([*crossed, *every])
    return UrgentCheck(triggers, crossed, one, by_rarest, phrases, several)


def _words(rows: Sequence[Row]) -> tuple[dict[str, dict[str, set[int]]], ...]:
    """Return what the rows need by its first letters: single words, and what has spaces."""
    found: tuple[dict[str, dict[str, set[int]]], ...] = ({}, {})
    for atom in (atom for row in rows for atom in row.needed):
        for word in atom:
            start = word.replace(" ", "")[:2]
            found[" " in word].setdefault(start, {}).setdefault(word, set()).add(id(atom))
    return found


def compile_trigger(text: str, pieces: Mapping[str, Sequence[str]]) -> Trigger:
    """Read one trigger; raise BadPattern if a piece is unknown or nothing is said."""
    unwanted = [token[1:] for token in text.split() if token.startswith(_ABSENT)]
    return Trigger(compile_pattern(text, pieces), tuple(compile_pattern(each, pieces) for each in unwanted))


def compile_pattern(text: str, pieces: Mapping[str, Sequence[str]], gap: str = _GAP) -> Row:
    """Read what is wanted in one row of tokens; raise BadPattern if a piece is unknown or nothing is said."""
    tokens = [_atoms(token, pieces) for token in text.casefold().split() if not token.startswith(_ABSENT)]
    words = [atom for atoms in tokens if atoms != _WIDE for atom in atoms if _edge(atom) is None]
    needed = tuple(_one(tuple(map(_searched, atom))) for atom in words if "" not in atom)
    if not needed:
        raise BadPattern(text)
    latin = any(_LATIN.search(alternative) for atom in words for alternative in atom)
    regex = _row_regex(tokens, *((_LATIN_GAP, _LATIN_WIDE_GAP) if latin else (gap, _WIDE_GAP)))
    keys = frozenset(map(id, needed))
    return Row(f"(?<= )(?:{regex})(?= )" if latin else regex, needed, keys, id(min(needed, key=len)))


@cache
def compiled(regex: str) -> re.Pattern[str]:
    """Return the compiled expression, compiled once."""
    return re.compile(regex)


@cache
def _one(atom: _Atom) -> _Atom:
    """Return the same object for equal atoms, so that each is looked for once in a text."""
    return atom


def _row_regex(tokens: Sequence[tuple[_Atom, ...]], near: str, wide: str) -> str:
    regex, gap = "", ""
    for atoms in tokens:
        if atoms == _WIDE:
            gap = wide if regex else ""
            continue
        regex, gap = regex + gap + _joined(atoms), near
    return regex


def _without_tokens(found: re.Match[str]) -> str:
    return _CROSSED_OUT + "".join(f"{gap}{_CROSSED_OUT}" for gap in found.groups())


def _atoms(token: str, pieces: Mapping[str, Sequence[str]]) -> tuple[_Atom, ...]:
    return tuple(tuple(_alternatives(atom, pieces)) for atom in token.split("+"))


def _alternatives(atom: str, pieces: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for alternative in atom.split("|"):
        named = pieces.get(alternative[1:]) if alternative.startswith("@") else (alternative,)
        if not named:
            raise BadPattern(alternative)
        yield from (each.casefold() for each in named)


def _joined(atoms: tuple[_Atom, ...]) -> str:
    """Return the regular expression of a token: its atoms side by side, a space allowed between two words."""
    regex, before = "", True
    for atom in atoms:
        edge = _edge(atom)
        regex += edge or ("" if before else " ?") + _any_of(atom)
        before = edge is not None
    return regex


def _edge(atom: _Atom) -> str | None:
    return _EDGES.get(atom[0]) if len(atom) == 1 else None


def _any_of(alternatives: _Atom) -> str:
    wanted = sorted({_literal(each) for each in alternatives if each.strip("_ ")}, key=len, reverse=True)
    if not wanted:
        raise BadPattern("|")
    return f"(?:{'|'.join(wanted)})" + ("?" if "" in alternatives else "")


def _searched(alternative: str) -> str:
    """Return the word as it stands in a text: with single spaces if it is Latin, without any if it is not."""
    return alternative.replace("_", " ") if _LATIN.search(alternative) else alternative.replace("_", "")


def _literal(alternative: str) -> str:
    """Return the regular expression of one word, spaces allowed inside ("자살" is not found in "혼자 살다")."""
    if _LATIN.search(alternative):
        return re.escape(alternative.replace("_", " "))
    letters = [re.escape(letter) for letter in alternative.replace(" ", "").replace("_", "")]
    if len(letters) == 2:
        return f"(?:{''.join(letters)}|{_EDGES['^']}{' '.join(letters)})"
    return " ?".join(letters)
