"""How long a regular expression can take: proven from its parse tree, for the matcher of `re`, which goes back.

Time beyond the length of a text comes from reading one text in several ways. Each place that takes a letter is a state
(Glushkov's automaton; a search has a loop over any letter before it). Reading is exponential where one loop reads the
same letters in two ways, polynomial where a loop and a later one can share them ("\\s+$" in a search), if what comes
after can fail: a state from which the expression surely matches ends the search. Repeats with an upper limit count in
`choices`: in how many ways they can share a text, at most, from one start.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import product
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from typing import Any, Final, TypeAlias

_COPIES: Final = 3
"""A repeat with limits is looked at as so many in a row at most: two of them show already what they can share."""
_SAMPLES: Final = " \n\t!#-.aAzZ_059가힣ㄱ一é\u3000٣😀"
_REPEATS: Final = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_LOOKS: Final = (_constants.ASSERT, _constants.ASSERT_NOT)
_Letters: TypeAlias = frozenset[str]


class Growth(StrEnum):
    """How the time grows with the length of a text."""

    LINEAR = "linear"
    POLYNOMIAL = "polynomial"
    EXPONENTIAL = "exponential"


@dataclass(frozen=True, slots=True)
class _Path:
    """A way past a place that takes no letter: which letters may stand before it, and whether it can fail otherwise."""

    before: _Letters
    sure: bool

    def then(self, other: "_Path") -> "_Path":
        return _Path(self.before & other.before, self.sure and other.sure)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the expression: where it can begin and end, and the ways through it without a letter."""

    first: tuple[tuple[int, _Path], ...] = ()
    last: tuple[tuple[int, _Path], ...] = ()
    empty: tuple[_Path, ...] = ()


@dataclass(slots=True)
class _Automaton:
    """States by number, each with the letters it takes; `edges` are (from, to, the letters that the first took)."""

    tree: Any
    letters: list[_Letters] = field(default_factory=list)
    edges: list[tuple[int, int, _Letters]] = field(default_factory=list)
    loops_in_looks: bool = False
    every: _Letters = field(init=False)
    free: _Path = field(init=False)
    looked: dict[str, _Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.every = frozenset(_samples(self.tree)) | frozenset(_SAMPLES)
        self.free = _Path(self.every, sure=True)

    def part(self, items: Iterable[Any]) -> _Part:
        whole = _Part(empty=(self.free,))
        for operation, value in items:
            whole = self._joined(whole, self._one(operation, value))
        return whole

    def _one(self, operation: Any, value: Any) -> _Part:
        if operation in _REPEATS:
            return self._repeat(*value)
        if operation is _constants.SUBPATTERN:
            return self.part(value[3])
        if operation is _constants.ATOMIC_GROUP:
            return self.part(value)
        if operation is _constants.BRANCH:
            branches = [self.part(branch) for branch in value[1]]
            return _Part(
                *(tuple(each for b in branches for each in getattr(b, at)) for at in ("first", "last", "empty"))
            )
        if operation is _constants.AT:
            return _Part(empty=(_Path(self.every, sure=False),))
        if operation in _LOOKS:
            known = repr((operation, value))
            if known not in self.looked:
                self.looked[known] = self._look(operation, *value)
            return _Part(empty=(self.looked[known],))
        return self.state(self._taken(operation, value))

    def state(self, letters: _Letters) -> _Part:
        self.letters.append(letters)
        at = ((len(self.letters) - 1, self.free),)
        return _Part(at, at)

    def _taken(self, operation: Any, value: Any) -> _Letters:
        if operation is _constants.GROUPREF:
            return self.every
        if operation is _constants.LITERAL and not self.tree.state.flags & re.IGNORECASE:
            return frozenset(chr(value))
        alone = _parser.SubPattern(self.tree.state, [(operation, value)])
        one = _compiler.compile(alone, self.tree.state.flags)
        return frozenset(letter for letter in self.every if one.fullmatch(letter))

    def _look(self, operation: Any, direction: int, inside: Any) -> _Path:
        self.loops_in_looks |= has_loop(inside)
        if direction > 0 or len(inside) != 1 or inside.getwidth() != (1, 1):
            return _Path(self.every, sure=False)
        looked = _compiler.compile(inside, self.tree.state.flags)
        fits = frozenset(letter for letter in self.every if looked.fullmatch(letter))
        return _Path(fits if operation is _constants.ASSERT else self.every - fits, sure=False)

    def _repeat(self, least: int, most: Any, inside: Any) -> _Part:
        if most is _constants.MAXREPEAT:
            whole = _Part(empty=(self.free,))
            for _ in range(min(least, _COPIES) - 1):
                whole = self._joined(whole, self.part(inside))
            return self._joined(whole, self._loop(inside, at_least_once=least > 0))
        whole, must = _Part(empty=(self.free,)), min(least, _COPIES)
        for at in range(min(most, max(_COPIES, must))):
            one = self.part(inside)
            whole = self._joined(whole, one if at < must else _Part(one.first, one.last, (self.free,)))
        return whole

    def _loop(self, inside: Any, *, at_least_once: bool) -> _Part:
        one = self.part(inside)
        self._follow(one, one)
        return one if at_least_once else _Part(one.first, one.last, (self.free,))

    def _follow(self, before: _Part, after: _Part) -> None:
        for (left, end), (right, begin) in product(before.last, after.first):
            self.edges.append((left, right, end.then(begin).before & self.letters[left]))

    def _joined(self, before: _Part, after: _Part) -> _Part:
        self._follow(before, after)
        first = (*before.first, *((at, gone.then(path)) for gone in before.empty for at, path in after.first))
        last = (*after.last, *((at, path.then(gone)) for gone in after.empty for at, path in before.last))
        return _Part(first, last, tuple(a.then(b) for a, b in product(before.empty, after.empty)))


@cache
def growth(pattern: str, flags: int = 0, *, whole: bool = False) -> Growth:
    """Return how the time to search for `pattern` grows; with `whole`, the time to match a text from end to end."""
    tree = _parser.parse(pattern, flags)
    if not has_loop(tree):
        return Growth.LINEAR
    automaton = _Automaton(tree)
    before = _Part(empty=(automaton.free,))
    if not whole:
        before = automaton.state(automaton.every)
        automaton._follow(before, before)
        before = _Part(before.first, before.last, (automaton.free,))
    every = automaton._joined(before, automaton.part(tree))
    if automaton.loops_in_looks:
        return Growth.POLYNOMIAL
    surely = (
        {at for at, path in every.last if path.sure and path.before >= automaton.letters[at]} if not whole else set()
    )
    return _growth_of(automaton, surely)


def _growth_of(automaton: _Automaton, surely: set[int]) -> Growth:
    follow: dict[int, list[tuple[int, _Letters]]] = {}
    for left, right, taken in automaton.edges:
        if left not in surely and right not in surely and taken:
            follow.setdefault(left, []).append((right, taken))
    reach = {at: _reached(at, follow) for at in follow}
    cyclic = [at for at in follow if at in reach[at]]
    alphabet = _told_apart(automaton)
    loops = {at: {to for to in reach[at] if at in reach.get(to, ())} for at in cyclic}
    walk = _Walk(follow, [letters & alphabet for letters in automaton.letters], loops)
    if any(walk.within(loops[at]).twice(at) for at in cyclic):
        return Growth.EXPONENTIAL
    pairs = ((p, q) for p in cyclic for q in cyclic if p != q and q in reach[p])
    return Growth.POLYNOMIAL if any(walk.shared(p, q) for p, q in pairs) else Growth.LINEAR


def _reached(at: int, follow: dict[int, list[tuple[int, _Letters]]]) -> set[int]:
    found, left = set(), [at]
    while left:
        for to, _ in follow.get(left.pop(), ()):
            if to not in found:
                found.add(to)
                left.append(to)
    return found


def _told_apart(automaton: _Automaton) -> _Letters:
    """Return one letter of those that no state tells apart."""
    sets = {*automaton.letters, *(taken for _, _, taken in automaton.edges)}
    kinds = {tuple(letter in each for each in sets): letter for letter in sorted(automaton.every)}
    return frozenset(kinds.values())


@dataclass(frozen=True, slots=True)
class _Walk:
    """Walks several states at once over one text: where they are, and the letter they took last."""

    follow: dict[int, list[tuple[int, _Letters]]]
    letters: list[_Letters]
    loops: dict[int, set[int]]

    def _steps(self, states: tuple[int, ...], last: str) -> Iterator[tuple[tuple[int, ...], str]]:
        ways = [[to for to, before in self.follow.get(at, ()) if last in before] for at in states]
        for chosen in product(*ways):
            for letter in frozenset.intersection(*(self.letters[at] for at in chosen)):
                yield chosen, letter

    def shared(self, p: int, q: int) -> bool:
        """Say whether some text leads from `p` to `p`, from `p` to `q` and from `q` to `q`."""
        common = self.letters[p] & self.letters[q]
        if not self._near(p, q):
            return False
        if not self._leads((p, p, q), common, (p, q, q), common):
            return False
        return any(self._leads((p, p, q), {letter}, (p, q, q), {letter}) for letter in common)

    def _near(self, p: int, q: int) -> bool:
        """Say whether `q` can be reached from `p` with letters of both loops: most pairs cannot, and are done with."""
        loops = [frozenset[str]().union(*(self.letters[each] for each in self.loops[at])) for at in (p, q)]
        both = loops[0] & loops[1]
        inside = {
            at: [(to, every) for to, every in ways if self.letters[to] & both] for at, ways in self.follow.items()
        }
        return q in _reached(p, inside)

    def _leads(self, start: tuple[int, ...], firsts: Set[str], end: tuple[int, ...], lasts: Set[str]) -> bool:
        left = deque((start, letter) for letter in firsts)
        seen = set(left)
        while left:
            for step in self._steps(*left.popleft()):
                if step[0] == end and step[1] in lasts:
                    return True
                if step not in seen:
                    seen.add(step)
                    left.append(step)
        return False

    def twice(self, at: int) -> bool:
        """Say whether some text leads from `at` back to it in two ways; `self` walks one loop only (see `within`)."""
        for letter in self.letters[at]:
            start: tuple[tuple[int, ...], str, bool] = ((at, at), letter, False)
            seen = {start}
            left = deque(seen)
            while left:
                states, last, apart = left.popleft()
                for chosen, taken in self._steps(states, last):
                    parted = apart or chosen[0] != chosen[1] or self._doubled(states[0], chosen[0], last)
                    if parted and chosen == (at, at):
                        return True
                    step = (chosen, taken, parted)
                    if step not in seen:
                        seen.add(step)
                        left.append(step)
        return False

    def within(self, states: set[int]) -> "_Walk":
        """Return the same, walking `states` alone."""
        inside = {at: [way for way in self.follow[at] if way[0] in states] for at in states}
        return _Walk(inside, self.letters, self.loops)

    def _doubled(self, before: int, after: int, last: str) -> bool:
        return sum(to == after and last in taken for to, taken in self.follow.get(before, ())) > 1


def has_loop(items: Any) -> bool:
    """Say whether a parse tree has a repeat without an upper limit."""
    return any(operation in _REPEATS and value[1] is _constants.MAXREPEAT for operation, value in _every_item(items))


def choices(pattern: str, flags: int = 0) -> int:
    """Return in how many ways the repeats with upper limits in `pattern` can share a text from one start, at most."""
    tree = _parser.parse(pattern, flags)
    return _choices(_Automaton(tree), list(tree), frozenset())


def _choices(automaton: _Automaton, items: Sequence[Any], after: _Letters | None) -> int:
    """Return the choices in `items`; `after` them come those letters, nothing that can fail, or (None) anything."""
    found = 1
    for at, (operation, value) in enumerate(items):
        if not any(each in _REPEATS for each, _ in _every_item([(operation, value)])):
            continue
        follows = _begins(automaton, items[at + 1 :], after)
        if operation in _REPEATS:
            found *= _choices_of_repeat(automaton, value, follows)
        elif operation is _constants.BRANCH:
            found *= max(_choices(automaton, list(branch), follows) for branch in value[1])
        elif operation is _constants.SUBPATTERN:
            found *= _choices(automaton, list(value[3]), follows)
    return found


def _choices_of_repeat(automaton: _Automaton, repeat: Any, follows: _Letters | None) -> int:
    least, most, inside = repeat
    own = _begins(automaton, inside, frozenset())
    around = own | follows if own is not None and follows is not None else None
    within = _choices(automaton, list(inside), around if most > 1 else follows)
    if most is _constants.MAXREPEAT:
        return within
    if own is not None and follows is not None and not own & follows:  # it ends in one place only
        return int(within**most)
    return sum(within**many for many in range(least, most + 1))


def _begins(automaton: _Automaton, items: Any, after: _Letters | None) -> _Letters | None:
    """Return the letters that `items` and what comes `after` can begin with; None if that cannot be told."""
    part = automaton.part(items)
    letters = frozenset[str]().union(*(automaton.letters[at] for at, _ in part.first))
    if not part.empty:
        return letters
    return letters | after if after is not None and all(path.sure for path in part.empty) else None


def _every_item(items: Any) -> Iterator[tuple[Any, Any]]:
    for operation, value in items:
        yield operation, value
        if operation in _REPEATS:
            yield from _every_item(value[2])
        elif operation is _constants.SUBPATTERN:
            yield from _every_item(value[3])
        elif operation is _constants.ATOMIC_GROUP:
            yield from _every_item(value)
        elif operation is _constants.BRANCH:
            for branch in value[1]:
                yield from _every_item(branch)
        elif operation in _LOOKS:
            yield from _every_item(value[1])


def _samples(tree: Any) -> Iterator[str]:
    """Yield letters in and beside each letter and range that an expression names, in both cases."""
    codes = set()
    for operation, value in _every_item(tree):
        for name, named in value if operation is _constants.IN else [(operation, value)]:
            if name in (_constants.LITERAL, _constants.NOT_LITERAL):
                codes.add(named)
            elif name is _constants.RANGE:
                codes |= {named[0] - 1, *named, named[1] + 1}
    for letter in (chr(code) for code in codes if 0 <= code < 0x110000):
        yield from (each for each in (letter, letter.swapcase()) if len(each) == 1)
