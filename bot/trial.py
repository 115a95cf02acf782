"""A process of its own that tries a change: `python -m bot.trial FOLDER WEIGHTS CHANGE OUT`.

Nothing is written into FOLDER. CHANGE is a JSON file, or - for standard input: the names of files with the text that
each is to hold, or null for one that is to go. OUT gets report.json and, if there are no problems, weights.npz to go
live with and their key. How far it is stands on standard output, one JSON object a line.
"""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

from bot.asking_both import Answers, Both, Way, ended_by, questions_in
from bot.comparing import Report, compared, to_json
from bot.core.building import engine_for, reader_for, texts_to_learn
from bot.core.knowledge import checks, forms
from bot.core.knowledge.loading import Source, Unreadable, assemble, checksum, contents, read_source
from bot.core.knowledge.problems import Problem, problem
from bot.core.knowledge.whole import Knowledge
from bot.core.language.reading import Reader, Sentence, language_of
from bot.core.matching import weights as weights_file
from bot.core.matching.fitting import fit
from bot.core.matching.refitting import Text, relearn, unsettled
from bot.core.matching.weights import Weights
from bot.core.model import Language
from bot.sharing import begun
from bot.trying import KEY, REPORT, WEIGHTS

QUESTIONS = Path(__file__).parent.parent / "tests" / "questions"
PROCESSES = 2
_NOT_UNDERSTOOD_BY = frozenset(["entries", "categories", "contacts", "people", "stages", "phrases", "checksum"])
"""What of the knowledge does not tell which entry answers; of entries only their names and ways of asking do."""
FILE_BY_FILE = ("_canonical", "urgent_wordings")
"""The checks that look at one text after the other, at any length; the urgent one hangs on urgent.yaml besides."""
NICENESS = 5
"""Answers to newcomers come first."""
Sources: TypeAlias = Mapping[str, Source]
Files: TypeAlias = Mapping[str, bytes | str]


@dataclass(frozen=True, slots=True)
class Side:
    """The knowledge before the change, or after it, what reads it, and each text that is learnt: as written, as read.

    Texts without letters are not learnt, and not among them.
    """

    knowledge: Knowledge
    reader: Reader
    written: tuple[str, ...]
    texts: tuple[Text, ...]

    @property
    def key(self) -> str:
        """The key of the weights."""
        return weights_file.key_of(self.knowledge.checksum)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of emergency."""
        return tuple(self.knowledge.urgent.kinds)

    @property
    def known(self) -> frozenset[str]:
        """What can be answered."""
        return frozenset([*self.knowledge.entries, *self.kinds])


# --- the two folders ---


def laid_over(files: Files, change: Mapping[str, str | None]) -> Files:
    """Return `files` as they are once `change` is made."""
    every: dict[str, str | bytes | None] = {**files, **change}
    return {name: content for name, content in every.items() if content is not None}


def read(files: Files, known: Sources) -> dict[str, Source]:
    """Return every file read by its form, as bot.core.knowledge.loading.read_folder does; `known` ones are not read.

    Raise Unreadable with all problems of form.
    """
    problems = [problem(name, 1, (), "-", "no_file") for name in forms.SINGLE_FILES if name not in files]
    sources: dict[str, Source] = {}
    for name in sorted(files):
        content = files[name]
        try:
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
            sources[name] = known.get(name) or read_source(name, data)
        except Unreadable as unreadable:
            problems += unreadable.problems
    if problems:
        raise Unreadable(problems)
    return sources


def understood_alike(one: Knowledge, other: Knowledge) -> bool:
    """Say whether every question must end in the same way with both."""
    same = all(getattr(one, name) == getattr(other, name) for name in _compared())
    places = [[(entry.id, entry.category) for entry in each.entries.values()] for each in (one, other)]
    return same and places[0] == places[1] and list(texts_to_learn(one)) == list(texts_to_learn(other))


def _compared() -> list[str]:
    return [field.name for field in fields(Knowledge) if field.name not in _NOT_UNDERSTOOD_BY]


def side_of(knowledge: Knowledge, other: Side | None = None) -> Side:
    """Return a side of the trial; what the `other` has read and this one reads in the same way is not read again."""
    reader = reader_for(knowledge)
    known = _read_alike(other, reader) if other else {}
    found = []
    for label, text in texts_to_learn(knowledge):
        sentence = known.get((label, text)) or reader.read(text)
        if sentence.letters:
            found.append((text, (label, sentence)))
    return Side(knowledge, reader, tuple(text for text, _ in found), tuple(text for _, text in found))


def _read_alike(other: Side, reader: Reader) -> Mapping[tuple[str, str], Sentence]:
    """Return what `reader` reads as the `other` side did: Latin letters may mean Korean to one and not to the other."""
    if (other.reader.spellings, other.reader.synonyms) != (reader.spellings, reader.synonyms):
        return {}
    pairs = zip(other.written, other.texts, strict=True)
    return {(label, text): read for text, (label, read) in pairs if language_of(text) is not Language.EN}


# --- the trial ---


def tried(files: Files, change: Mapping[str, str | None], options: argparse.Namespace) -> Report:
    """Try `change` to the knowledge of `files`; write the weights to go live with if there are no problems."""
    old: Sources = {}
    with suppress(Unreadable):  # what cannot be used is mended by the change, or found again below; nothing is compared
        old = read(files, {})
    try:
        new = read(laid_over(files, change), {name: each for name, each in old.items() if name not in change})
    except Unreadable as unreadable:
        return Report(problems=unreadable.problems)
    weights = weights_file.load(options.weights, weights_file.key_of(checksum(old)))
    changed = [name for name in new if weights is None or old.get(name) is not new[name]]
    checking = begun(_checks(new, changed), len(checks.CHECKS), PROCESSES if options.only_check else 1)
    if options.only_check:
        return Report(problems=_problems(checking))
    before, knowledge = side_of(assemble(old or new)), assemble(new)
    weights = weights or fit(before.texts, before.key, before.kinds)
    alike = understood_alike(before.knowledge, knowledge)
    after = replace(before, knowledge=knowledge) if alike else side_of(knowledge, before)
    learnt, rows = relearn(weights, before.texts, after.texts, after.key, after.kinds)
    places = [] if alike else unsettled(weights, learnt, rows, before.texts, after.texts).tolist()
    if problems := _problems(checking):
        return Report(problems=problems)
    _say("checked")
    weights_file.save(learnt, options.out / WEIGHTS)
    (options.out / KEY).write_text(learnt.key, encoding="utf-8")
    _say("learnt")
    return Report() if alike else _asked(before, after, (weights, learnt), places, options)


def _checks(new: Sources, changed: Collection[str]) -> Callable[[int], list[Problem]]:
    """Return what finds the problems of each check; files that are not `changed` have passed all checks before.

    That is what weights stand for: they are only ever kept for knowledge that passed. So a check of FILE_BY_FILE looks
    at the changed files alone; every other looks at all.
    """
    canonical, wordings = FILE_BY_FILE
    few = {canonical: {name: new[name] for name in changed}}
    if "urgent.yaml" not in changed:
        few[wordings] = {name: each for name, each in new.items() if name in changed or name in forms.SINGLE_FILES}
    return lambda at: list(checks.CHECKS[at](few.get(checks.CHECKS[at].__name__, new)))


def _problems(checking: Iterable[tuple[int, list[Problem]]]) -> tuple[Problem, ...]:
    return tuple(sorted(each for _, found in checking for each in found))


def _asked(
    before: Side, after: Side, weights: tuple[Weights, Weights], places: Sequence[int], options: argparse.Namespace
) -> Report:
    known = {text: at for at, text in enumerate(before.texts)}
    ways = [Way(after.written[at], after.texts[at], (known.get(after.texts[at]), at)) for at in places]
    engines = [
        engine_for(side.knowledge, each, date.today) for side, each in zip((before, after), weights, strict=True)
    ]
    questions = questions_in(options.questions)
    answers = Answers(options.asked, questions)
    both = Both((engines[0], engines[1]), questions, ways, answers.load(weights[0]))
    asked = both.asked(PROCESSES, lambda done, many: _say("asked", done, many))
    for side, each in enumerate(weights):
        answers.save(each, [(one.before, one.after)[side] for one in asked if not one.is_ask])
    entries = after.knowledge.entries
    return compared(asked, (before.known, after.known), sum(label in entries for label, _ in after.texts))


def ask(files: Files, options: argparse.Namespace) -> None:
    """Keep how the questions end with the knowledge of `files` as it is: the next trial need not ask them again."""
    sources = read(files, {})
    weights = weights_file.load(options.weights, weights_file.key_of(checksum(sources)))
    questions = questions_in(options.questions)
    answers = Answers(options.asked, questions)
    if weights is not None and answers.load(weights) is None:
        engine = engine_for(assemble(sources), weights, date.today)
        answers.save(weights, ended_by(engine, questions, 1))


def _say(step: str, done: int = 1, many: int = 1) -> None:
    print(json.dumps({"step": step, "done": done, "of": many}), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bot.trial", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("change")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only-check", action="store_true", help="look for problems, and no further")
    parser.add_argument("--only-ask", action="store_true", help="ask before there is a change, and keep the answers")
    parser.add_argument("--asked", type=Path, help="where answers are kept for the next trial (beside OUT)")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="a folder of files of questions")
    return parser.parse_args()


def main() -> None:
    """Try the change that the command line names, and write what was found."""
    started = time.monotonic()
    gc.disable()  # a short life: walking all texts again and again takes longer
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    options = _options()
    options.asked = options.asked or options.out.absolute().parent
    change = json.loads(sys.stdin.read() if options.change == "-" else Path(options.change).read_text(encoding="utf-8"))
    if options.only_ask:
        ask(contents(options.folder), options)
        return
    report = replace(tried(contents(options.folder), change, options), seconds=round(time.monotonic() - started, 1))
    (options.out / REPORT).write_text(to_json(report), encoding="utf-8")


if __name__ == "__main__":
    main()
