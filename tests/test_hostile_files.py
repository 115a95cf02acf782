"""Files of the knowledge folder that somebody made to do harm: YAML that means more than it says, ways out, pipes."""

import os
import re
import shutil
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import KNOWLEDGE
from hypothesis import given
from hypothesis import strategies as st

from bot.core.editing import BadText, Change, Kind, meant
from bot.core.knowledge import yaml_text
from bot.core.knowledge.fields import is_id
from bot.core.knowledge.loading import MOST_FILES, Unreadable, contents, is_name, read_folder, read_source
from bot.core.knowledge.problems import EXPECTED, Problem, of_broken
from bot.core.knowledge.yaml_text import DEEPEST, LARGEST, MOST, BrokenYaml, Document, read
from bot.core.model import Language
from bot.writing import JOURNAL, BadName, finish, path_in, write

LAUGHS = "a: &a [x, x]\n" + "".join(f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise("abcdefgh"))
TRICKS = {
    "a billion laughs": (LAUGHS, "yaml_alias", 1),
    "an alias of itself": ("a: &a\n  b: *a\n", "yaml_alias", 1),
    "an anchor that nothing uses": ("a: 1\nb: &x 2\n", "yaml_alias", 2),
    "an alias of nothing": ("a: 1\nb: *x\n", "yaml_alias", 2),
    "a merge key": ("a: 1\n<<: {b: 2}\n", "yaml_merge", 2),
    "a tag that makes an object": ("a:\n  !!python/object/apply:os.system [ls]\n", "yaml_tag", 2),
    "a tag of its own": ("!secret x\n", "yaml_tag", 1),
    "the tag that says nothing": ("a: ! x\n", "yaml_tag", 1),
    "two documents": ("a: 1\n---\nb: 2\n", "yaml_documents", 2),
    "a version": ("%YAML 1.1\n---\na: 1\n", "yaml_directive", 1),
    "a prefix for tags": ("%TAG ! tag:x,2000:\n---\na: 1\n", "yaml_directive", 1),
    "directives after a mark": ("\ufeff%TAG ! tag:x,2000:\n---\na: 1\n", "yaml_directive", 1),
    "very many directives": ("- a\n" + "".join(f"%TAG !{at}! b\n" for at in range(200_000)), "yaml_directive", 2),
    "lists in lists": ("[" * 1_000_000, "yaml_deep", 1),
    "lists in lists, by lines": ("- " * 1_000_000, "yaml_deep", 1),
    "fields in fields": ("\n".join(f"{' ' * at}a:" for at in range(2000)), "yaml_deep", DEEPEST + 1),
    "a list as a key": ("a: 1\n? [b]\n: c\n", "yaml_key", 2),
    "keys in keys": ("{" * 1_000_000, "yaml_key", 1),
    "very many values": ("- a\n" * 1_000_000, "yaml_many", MOST),
    "a long text": ("a" * (LARGEST + 1), "yaml_large", 1),
    "a NUL": ("a: 1\nb: x\0y\n", "yaml_control", 2),
    "a NUL in other letters": ('a: "\\0"\n', "yaml_control", 1),
    "an escape of the terminal as a key": ('"\\x1b[2J": a\n', "yaml_control", 1),
    "half a letter": ("a: \ud800\n", "yaml_control", 1),
    "one key twice": ("a: 1\na: 2\n", "duplicate_key", 2),
    "one key twice, with quotes": ("a: 1\n'a': 2\n", "duplicate_key", 2),
    "a quote that does not end": ("a: '" + "''" * 1_000_000, "broken_yaml", 1),
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_a_trick_is_refused_at_once_with_its_line_and_a_sentence_in_both_languages(trick: str) -> None:
    text, code, line = TRICKS[trick]
    began = time.process_time()
    with pytest.raises(BrokenYaml) as broken:
        read(text)
    assert time.process_time() - began < 3
    assert (broken.value.code, broken.value.line) == (code, line)
    told = of_broken("stages.yaml", broken.value)
    assert (told.file, told.line) == ("stages.yaml", line)
    assert re.search("[가-힣]", told.expected_ko)
    assert "{" not in f"{told.expected_ko}{told.expected_en}"


def test_every_refusal_of_the_reader_has_its_trick() -> None:
    assert {code for _, code, _ in TRICKS.values()} >= {code for code in EXPECTED if code.startswith("yaml_")}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        ("# nothing\n", {}),
        ("---\na: 1\n", {"a": "1"}),
        ("'<<': a\n", {"<<": "a"}),
        ("a: '&b *c !d %TAG'\n", {"a": "&b *c !d %TAG"}),
        ("? a\n: - b\n  - {c: ''}\n", {"a": ["b", {"c": ""}]}),
        ("[" * DEEPEST + "x" + "]" * DEEPEST, None),
    ],
)
def test_what_is_plain_is_read(text: str, value: object) -> None:
    found = read(text).value
    assert value is None or found == value


def test_each_value_knows_its_line_and_a_field_that_of_its_name() -> None:
    found = read("# x\na:\n  - b\n  -\n    c:\n      d\ne: {f: [g,\n h]}\n")
    assert dict(found.lines) == {
        (): 2, ("a",): 2, ("a", 0): 3, ("a", 1): 5, ("a", 1, "c"): 5, ("e",): 7, ("e", "f"): 7, ("e", "f", 0): 7,
        ("e", "f", 1): 8,
    }  # fmt: skip


PIECES = st.lists(
    st.sampled_from([*"-?:,[]{}#&*!|>'\"%@`\\ \n\t\r\0\x85\u2028\ufeff가a1~", "- ", ": ", "\n  ", "---\n", "...",
                     "<<: ", "%TAG ! x\n", "!!str ", "\\x00", "\\ud800", "\ud800"]), max_size=60
).map("".join)  # fmt: skip


@given(st.text(max_size=200) | PIECES | PIECES.map(lambda text: f'a: "{text}"\n'))
def test_any_text_is_a_document_or_broken(text: str) -> None:
    found = read_or_refused(text)
    if isinstance(found, BrokenYaml):
        assert 1 <= found.line <= len(text) + 1
        assert of_broken("a.yaml", found).expected_ko
    else:
        assert all(1 <= line <= len(text) + 1 for line in found.lines.values())
        assert read(yaml_text.write(found.value)).value == found.value or "\x85" in text


def read_or_refused(text: str) -> Document | BrokenYaml:
    try:
        return read(text)
    except BrokenYaml as broken:
        return broken


@pytest.mark.parametrize("language", [Language.KO, Language.EN])
def test_coordinators_are_told_in_their_language_why_a_text_is_refused(language: Language) -> None:
    with pytest.raises(BadText) as bad:
        meant("ko: &a 하나\nen: *a", Kind.YAML)
    korean, english = EXPECTED["yaml_alias"]
    assert bad.value.said(language) == (english if language is Language.EN else korean)
    with pytest.raises(BadText) as twice:
        meant("ko: 하나\nko: 둘", Kind.YAML)
    assert twice.value.said(language).startswith("ko: ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a few files of the knowledge: enough to put others beside them, and quickly read."""
    for name in ("stages.yaml", "advice/work/work-find.yaml", "words/spelling.yaml"):
        (tmp_path / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(KNOWLEDGE / name, tmp_path / "knowledge" / name)
    return tmp_path / "knowledge"


def a_pipe(folder: Path, _: Path) -> str:
    os.mkfifo(folder / "words" / "pipe.yaml")
    return "words/pipe.yaml"


def a_pipe_in_place(folder: Path, _: Path) -> str:
    (folder / "stages.yaml").unlink()
    os.mkfifo(folder / "stages.yaml")
    return "stages.yaml"


def a_device(folder: Path, _: Path) -> str:
    (folder / "words" / "zero.yaml").symlink_to("/dev/zero")
    return "words/zero.yaml"


def a_link_out(folder: Path, outside: Path) -> str:
    (outside / "secret.yaml").write_text("- north: secret\n", encoding="utf-8")
    (folder / "words" / "link.yaml").symlink_to(outside / "secret.yaml")
    return "words/link.yaml"


def a_folder_behind_a_link(folder: Path, outside: Path) -> str:
    (folder / "advice" / "more").symlink_to(outside, target_is_directory=True)
    return "advice/more"


def a_link_to_itself(folder: Path, _: Path) -> str:
    (folder / "words" / "self.yaml").symlink_to("self.yaml")
    return "words/self.yaml"


def a_folder_named_as_a_file(folder: Path, _: Path) -> str:
    (folder / "words" / "folder.yaml").mkdir()
    return "words/folder.yaml"


def a_large_file(folder: Path, _: Path) -> str:
    with (folder / "words" / "large.yaml").open("wb") as file:
        file.truncate(200 * LARGEST)
    return "words/large.yaml"


def a_name_in_upper_case(folder: Path, _: Path) -> str:
    (folder / "words" / "Upper.yaml").write_text("[]\n", encoding="utf-8")
    return "words/Upper.yaml"


def a_name_with_a_letter_that_looks_alike(folder: Path, _: Path) -> str:
    (folder / "advice" / "work" / "w\u043erk.yaml").write_text("{}\n", encoding="utf-8")
    return "advice/work/w\u043erk.yaml"


def a_name_that_writes_on_the_terminal(folder: Path, _: Path) -> str:
    (folder / "words" / "\x1b[2J\n.yaml").write_text("[]\n", encoding="utf-8")
    return r"words/\x1b[2J\n.yaml"


def a_name_that_is_no_text(folder: Path, _: Path) -> str:
    Path(os.fsdecode(os.fsencode(folder) + b"/words/\xff.yaml")).write_text("[]\n", encoding="utf-8")
    return r"words/\udcff.yaml"


def a_name_that_windows_takes_for_a_device(folder: Path, _: Path) -> str:
    shutil.copy(folder / "advice" / "work" / "work-find.yaml", folder / "advice" / "work" / "con.yaml")
    return "advice/work/con.yaml"


HOSTILE = (
    a_pipe, a_pipe_in_place, a_device, a_link_out, a_folder_behind_a_link, a_link_to_itself, a_folder_named_as_a_file,
    a_large_file, a_name_in_upper_case, a_name_with_a_letter_that_looks_alike, a_name_that_writes_on_the_terminal,
    a_name_that_is_no_text, a_name_that_windows_takes_for_a_device,
)  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="pipes and such names are of POSIX")
@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: str(getattr(make, "__name__", "")))
def test_a_hostile_file_is_refused_by_its_name_and_never_waited_for(
    folder: Path, tmp_path: Path, make: Callable[[Path, Path], str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    name = make(folder, outside)
    found = next(each for each in problems(folder) if each.expected_ko != EXPECTED["no_file"][0] or each.found != "-")
    assert (found.file, found.line) == (name, 1)
    assert str(found).isprintable() or "\n" in str(found)
    str(found).encode()
    assert "secret" not in str(found)


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(Unreadable) as unreadable:
        read_folder(folder)
    return unreadable.value.problems


def test_a_folder_full_of_files_is_not_read_at_all(tmp_path: Path) -> None:
    for at in range(MOST_FILES + 1):
        (tmp_path / f"{at}.yaml").touch()
    (found,) = problems(tmp_path)
    assert str(MOST_FILES) in found.expected_ko
    with pytest.raises(Unreadable):
        contents(tmp_path)


def test_the_folder_itself_and_files_within_it_may_be_links(folder: Path, tmp_path: Path) -> None:
    before = contents(folder)
    (folder / ".data").mkdir()
    (folder / "stages.yaml").rename(folder / ".data" / "stages")
    (folder / "stages.yaml").symlink_to(Path(".data") / "stages")
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert contents(tmp_path / "link") == before


@pytest.mark.skipif(os.name == "nt", reason="pipes are of POSIX")
def test_a_pipe_in_place_of_the_journal_or_of_a_file_is_replaced_and_never_waited_for(folder: Path) -> None:
    os.mkfifo(folder / JOURNAL)
    assert finish(folder) == ()
    assert not (folder / JOURNAL).exists()
    os.mkfifo(folder / "words" / "new.yaml")
    write(folder, Change({"words/new.yaml": None}, {"words/new.yaml": "[]\n"}))
    assert (folder / "words" / "new.yaml").read_text(encoding="utf-8") == "[]\n"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_what_is_written_never_follows_a_link_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("untouched", encoding="utf-8")
    for name in (JOURNAL, f"{JOURNAL}.partial", "words/.new.yaml.partial"):
        (folder / name).symlink_to(outside)
    write(folder, Change({"words/new.yaml": None}, {"words/new.yaml": "[]\n"}))
    (folder / "words" / "link.yaml").symlink_to(outside)
    with pytest.raises(BadName):
        write(folder, Change({"words/link.yaml": None}, {"words/link.yaml": "[]\n"}))
    assert outside.read_text(encoding="utf-8") == "untouched"


NAMES = (
    "../stages.yaml", "/etc/passwd", "words/../stages.yaml", "words//a.yaml", "./a.yaml", "words\\a.yaml", "c:a.yaml",
    "a.yaml\0", "a.yaml\n", "words/.a.yaml", "-a.yaml", "A.yaml", "\uff41.yaml", "\u0430.yaml", "a\u200b.yaml",
    "con.yaml", "advice/nul/a.yaml", "advice/work/com1.yaml", "advice/work/aux.x.yaml", "a.yaml ", "a.yaml.",
    "a:b.yaml", "~/a.yaml", "a.yml", "", ".yaml", f"{'a' * 200}.yaml",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_none(tmp_path: Path, name: str) -> None:
    assert not is_name(name)
    with pytest.raises(BadName):
        path_in(tmp_path, name)
    with pytest.raises(Unreadable):
        read_source(name, b"[]\n")


@pytest.mark.parametrize("id_", ["..", "a/b", "con", "lpt1", "A", "\uff41", "\u212a", "a\n", "a\0", "", "a" * 33, "-a"])
def test_an_id_is_never_more_than_a_name(id_: str) -> None:
    assert not is_id(id_)


@given(st.text(max_size=30) | st.from_regex(r"[a-z./\\~:]{1,12}(\.yaml)?", fullmatch=True))
def test_whatever_passes_for_a_name_stays_in_the_folder(text: str) -> None:
    for name in (text, f"{text}.yaml", f"advice/work/{text}.yaml"):
        if is_name(name):
            assert ".." not in name
            assert (Path("/x") / name).resolve().is_relative_to("/x")
