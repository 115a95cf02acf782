"""Where fuzzing begins and where its findings stay: the questions of the tests, and `found/`, replayed for ever."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import gettempdir
from typing import Final

HERE: Final = Path(__file__).parent
FOUND: Final = HERE / "found"
QUESTIONS: Final = HERE.parent / "questions"
KNOWLEDGE: Final = HERE.parent.parent / "knowledge"
KINDS: Final = ("text", "yaml")
"""What a case is: a text that somebody sends, or a file of the knowledge. It is the ending of the case's name."""
MOST_SECONDS: Final = 300


@cache
def seeds() -> tuple[str, ...]:
    """Return every question of the tests, in their order."""
    files = sorted(QUESTIONS.glob("*.jsonl"))
    return tuple(json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines())


def kept_case(data: bytes, kind: str) -> Path:
    """Keep `data` as a case of `kind`, named after its checksum; return its file."""
    FOUND.mkdir(exist_ok=True)
    file = FOUND / f"{hashlib.sha256(data).hexdigest()[:12]}.{kind}"
    file.write_bytes(data)
    return file


@contextmanager
def failing(data: bytes, kind: str) -> Iterator[None]:
    """Keep `data` as a case if what is done here fails; the failure goes on."""
    try:
        yield
    except Exception:
        print(f"a case: {kept_case(data, kind)}", flush=True)
        raise


def ready(arguments: list[str], name: str, corpus: Iterable[bytes], longest: int) -> list[str]:
    """Return libFuzzer's arguments: those given, else MOST_SECONDS, `longest` bytes, a corpus and a dictionary.

    They are written to a folder in the system's temporary one; what is learnt there is kept for the next time.
    """
    folder = Path(gettempdir()) / f"gildongmu-fuzz-{name}"
    folder.mkdir(exist_ok=True)
    for data in corpus:
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data[:longest])
    given = {argument.partition("=")[0] for argument in arguments[1:]}
    bounded = {"-max_total_time", "-runs"} & given
    added = [*([] if bounded else [f"-max_total_time={MOST_SECONDS}"]), f"-max_len={longest}", "-timeout=20"]
    added = [each for each in added if each.partition("=")[0] not in given]
    found = f"-artifact_prefix={folder.parent}/gildongmu-fuzz-{name}-"
    return [*arguments, *added, f"-dict={HERE / f'{name}.dict'}", found, str(folder)]
