"""A folder of YAML files -> Knowledge, or every problem of every file at once."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

from bot.core.knowledge import forms, yaml_text
from bot.core.knowledge.fields import Rejected, is_id
from bot.core.knowledge.problems import Problem, of_broken, of_model, problem
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.model import Language

MOST_FILES: Final = 5_000
"""So many files and folders may be in the knowledge folder, hidden ones not counted."""
_LONGEST_NAME: Final = 100
_NAME: Final = re.compile(r"(?:[a-z0-9][a-z0-9_-]*/)*[a-z0-9][a-z0-9_-]*\.yaml", re.ASCII)
_DEVICES: Final = frozenset(["con", "prn", "aux", "nul", *(f"{of}{at}" for of in ("com", "lpt") for at in range(10))])
"""What Windows takes for a device, whatever follows the point and whatever folder it is in."""


class Unreadable(ValueError):
    """The knowledge cannot be used; `problems` says why, one a place, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(f"{len(self.problems)} problems in the knowledge")


@dataclass(frozen=True, slots=True)
class Source:
    """One file as read: its name in the folder, its text, the line of each value, and what it means."""

    name: str
    text: str
    document: yaml_text.Document
    value: Any

    def problem(self, path: yaml_text.Path, found: object, code: str, **values: object) -> Problem:
        """Return a problem at `path` of this file."""
        return problem(self.name, self.document.line_of(path), path, found, code, **values)


def read_folder(folder: Path) -> Mapping[str, Source]:
    """Return every YAML file of `folder` by name, but for hidden ones; raise Unreadable with all problems of form."""
    files, problems = files_in(folder)
    return read_files(files, problems)


def read_files(files: Mapping[str, bytes], found: Iterable[Problem] = ()) -> Mapping[str, Source]:
    """Return every file of a whole folder read by its form; raise Unreadable with all problems, those `found` too."""
    problems = list(found)
    there = files.keys() | {each.file for each in problems}
    problems += [problem(name, 1, (), "-", "no_file") for name in forms.SINGLE_FILES if name not in there]
    sources: dict[str, Source] = {}
    for name, data in files.items():
        try:
            sources[name] = read_source(name, data)
        except Unreadable as unreadable:
            problems += unreadable.problems
    if problems:
        raise Unreadable(problems)
    return sources


def files_in(folder: Path) -> tuple[dict[str, bytes], list[Problem]]:
    """Return what the YAML files of `folder` hold, by name in order, and the problems of those that cannot be read.

    Hidden files are left out, and so is what is no regular file within the folder, or too large; the folder itself may
    be a link. Raise Unreadable if there is no folder, or one with too much in it.
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in _listed(folder):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = _content(path, _printable(name), folder)
        except Unreadable as unreadable:
            problems += unreadable.problems
        except OSError as error:  # gone since it was listed, or not ours to read
            problems.append(problem(_printable(name), 1, (), error.strerror or "-", "no_file"))
    return files, problems


def contents(folder: Path) -> dict[str, bytes]:
    """Return what the YAML files of `folder` hold, by name in order; raise Unreadable if one of them cannot be read."""
    files, problems = files_in(folder)
    if problems:
        raise Unreadable(problems)
    return files


def _listed(folder: Path) -> list[Path]:
    """Return the YAML files of `folder` in the order of their names, with links to folders, which are not followed."""
    name = _printable(folder.name) or "."
    if not folder.is_dir():
        raise Unreadable([problem(name, 1, (), "-", "no_folder")])
    try:
        found = list(islice(_below(folder), MOST_FILES + 1))
    except OSError as error:
        raise Unreadable([problem(name, 1, (), error.strerror or "-", "no_folder")]) from None
    if len(found) > MOST_FILES:
        raise Unreadable([problem(name, 1, (), f"> {MOST_FILES}", "many_files", most=MOST_FILES)])
    wanted = (path for path in found if path.suffix == ".yaml" or (path.is_symlink() and path.is_dir()))
    return sorted(wanted, key=lambda path: path.relative_to(folder).as_posix())


def _below(folder: Path) -> Iterator[Path]:
    """Yield all that is below `folder`, but for what is hidden or behind a link."""
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            if not path.name.startswith("."):
                yield path
                if path.is_dir() and not path.is_symlink():
                    waiting.append(path)


def _content(path: Path, name: str, folder: Path) -> bytes:
    """Return what a file holds; raise Unreadable if it is none within `folder`, or too large, else OSError."""
    is_file = S_ISREG(path.stat().st_mode)  # opening a pipe would wait for ever
    if not is_file or (path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())):
        raise Unreadable([problem(name, 1, (), "-", "not_regular")])
    with path.open("rb") as file:
        data = file.read(yaml_text.LARGEST + 1)
    if len(data) > yaml_text.LARGEST:
        raise Unreadable([of_broken(name, yaml_text.too_large())])
    return data


def is_name(name: str) -> bool:
    """Say whether a file of the knowledge folder can have this name: it never leads out of it, on no system."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        return False
    return all(part.partition(".")[0] not in _DEVICES for part in name.split("/"))


def _printable(name: str) -> str:
    """Return a name, which may be any bytes on a disk, as it can be shown."""
    return name if name.isprintable() else ascii(name)[1:-1]


def read_source(name: str, data: bytes) -> Source:
    """Return one file's text read by its form; raise Unreadable with all its problems."""
    form = forms.form_of(name)
    if form is None or not is_name(name) or not is_id(Path(name).stem.replace("_", "-")):
        raise Unreadable([problem(_printable(name), 1, (), _printable(name), "unknown_file")])
    try:
        if len(data) > yaml_text.LARGEST:
            raise yaml_text.too_large()
        text = data.decode("utf-8")
        document = yaml_text.read(text)
    except UnicodeDecodeError:
        raise Unreadable([problem(name, 1, (), "-", "not_utf8")]) from None
    except yaml_text.BrokenYaml as broken:
        raise Unreadable([of_broken(name, broken)]) from None
    try:
        return Source(name, text, document, form.read(document.value))
    except Rejected as rejected:
        raise Unreadable(_rejected(name, document, rejected)) from None


def _rejected(name: str, document: yaml_text.Document, rejected: Rejected) -> list[Problem]:
    found = []
    for path, code, value, context in rejected.problems:
        where = tuple(part for part in path if part != "[key]")
        ours, shown, values = of_model(code, value, context)
        found.append(problem(name, document.line_of(where), where, shown, ours, **values))
    return found


def assemble(sources: Mapping[str, Source]) -> Knowledge:
    """Put the files of one folder together; `sources` must hold every file of `forms.SINGLE_FILES`."""
    entries = {}
    for name, source in sources.items():
        if forms.form_of(name) is forms.ENTRY:
            category, id_ = name.split("/")[1], Path(name).stem
            entries[id_] = Entry(id_, category, source.value)
    words = [word for name, source in sources.items() if name.startswith("words/") for word in source.value]
    value = {name: sources[name].value for name in forms.SINGLE_FILES}
    return Knowledge(
        entries=entries,
        categories=value["advice/categories.yaml"],
        contacts=value["contacts.yaml"],
        centers=value["centers.yaml"],
        people=value["people.yaml"],
        stages=value["stages.yaml"],
        concepts=value["concepts.yaml"],
        urgent=value["urgent.yaml"],
        urgent_texts=value["urgent_texts.yaml"],
        words=tuple(words),
        courtesies=value["courtesies.yaml"],
        follow_ups=value["follow_ups.yaml"],
        not_covered=value["not_covered.yaml"],
        offers=value["offers.yaml"],
        places=value["places.yaml"],
        requests=value["requests.yaml"],
        phrases={language: value[f"voice/{language}.yaml"] for language in (Language.KO, Language.EN)},
        desk={language: value[f"voice/desk_{language}.yaml"] for language in (Language.KO, Language.EN)},
        web={language: value[f"voice/web_{language}.yaml"] for language in (Language.KO, Language.EN)},
        retired=value["advice/retired.yaml"],
        checksum=checksum(sources),
    )


def checksum(sources: Mapping[str, Source]) -> str:
    """Return a SHA-256 over all names and texts (hexadecimal): equal knowledge, equal checksum."""
    return digest({name: source.text.encode() for name, source in sources.items()})


def digest(files: Mapping[str, bytes]) -> str:
    """Return the checksum of files that were not read yet."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(name.encode() + b"\0" + files[name] + b"\0")
    return found.hexdigest()


def canonical(source: Source) -> str:
    """Return the file's text in its one canonical form."""
    form = forms.form_of(source.name)
    assert form is not None, "a Source is only made of a file that has a form"
    return yaml_text.write(form.plain(source.value))
