"""A folder of YAML files -> Knowledge, or every problem of every file at once."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.knowledge import forms, yaml_text
from bot.core.knowledge.fields import ID_PATTERN, Rejected
from bot.core.knowledge.problems import Problem, of_model, problem
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.model import Language


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
    if not folder.is_dir():
        raise Unreadable([problem(folder.name or ".", 1, (), "-", "no_folder")])
    found = (path.relative_to(folder) for path in folder.rglob("*.yaml"))
    names = sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))
    problems = [problem(name, 1, (), "-", "no_file") for name in forms.SINGLE_FILES if name not in names]
    sources: dict[str, Source] = {}
    for name in names:
        try:
            sources[name] = read_source(name, (folder / name).read_bytes())
        except Unreadable as unreadable:
            problems += unreadable.problems
        except OSError as error:  # gone since it was listed, or not ours to read
            problems.append(problem(name, 1, (), error.strerror or "-", "no_file"))
    if problems:
        raise Unreadable(problems)
    return sources


def read_source(name: str, data: bytes) -> Source:
    """Return one file's text read by its form; raise Unreadable with all its problems."""
    form = forms.form_of(name)
    if form is None or not re.fullmatch(ID_PATTERN, Path(name).stem.replace("_", "-")):
        raise Unreadable([problem(name, 1, (), name, "unknown_file")])
    try:
        text = data.decode("utf-8")
        document = yaml_text.read(text)
    except UnicodeDecodeError:
        raise Unreadable([problem(name, 1, (), "-", "not_utf8")]) from None
    except yaml_text.BrokenYaml as broken:
        raise Unreadable([_broken(name, broken)]) from None
    try:
        return Source(name, text, document, form.read(document.value))
    except Rejected as rejected:
        raise Unreadable(_rejected(name, document, rejected)) from None


def _broken(name: str, broken: yaml_text.BrokenYaml) -> Problem:
    if broken.key is not None:
        return problem(name, broken.line, (broken.key,), broken.key, "duplicate_key")
    return problem(name, broken.line, (), "-", "broken_yaml", reason=broken.reason)


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
        retired=value["advice/retired.yaml"],
        checksum=checksum(sources),
    )


def checksum(sources: Mapping[str, Source]) -> str:
    """Return a SHA-256 over all names and texts (hexadecimal): equal knowledge, equal checksum."""
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(f"{name}\0{sources[name].text}\0".encode())
    return digest.hexdigest()


def canonical(source: Source) -> str:
    """Return the file's text in its one canonical form."""
    form = forms.form_of(source.name)
    assert form is not None, "a Source is only made of a file that has a form"
    return yaml_text.write(form.plain(source.value))
