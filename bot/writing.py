"""Writing the knowledge: a change of one file or several stands there wholly or not at all, whatever ends the program.

New texts are first written beside their files and brought to the disk. Then a journal says which belong together: from
here on the change holds. Then each is put in its place, by one atomic rename. A journal that a killed program left is
finished by `finish`, at the next start or before the next change; it also keeps what stood there before, so that what
cannot be finished is taken back.

Where folders cannot be locked (bot.locking), only the comparison with what stood there protects from two programs that
publish at one moment.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import Final

from bot.core.editing import Change
from bot.core.knowledge.loading import contents, is_name
from bot.locking import alone

JOURNAL: Final = ".publishing.json"
_PARTIALS: Final = (".*.yaml.partial", f"{JOURNAL}.partial")


class BadName(ValueError):
    """A name that no file of the knowledge folder has, or that leads out of it."""

    def __init__(self) -> None:
        super().__init__("지식 폴더의 파일 이름이 아닙니다. / This is not the name of a file of the knowledge folder.")


class Outdated(ValueError):
    """Files that no longer hold what the change was made from; `names` says which. Nothing was written."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(sorted(names))
        shown = ", ".join(self.names)
        super().__init__(
            f"그 사이에 다른 손이 고친 파일이 있어 쓰지 않았습니다: {shown}. 다시 열어 고치세요. / "
            f"Not written, for somebody changed it meanwhile: {shown}. Open it again and make the change anew."
        )


class CannotWrite(OSError):
    """The disk is full, nobody may write there, another process does not end: in the system's own words."""

    def __init__(self, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        super().__init__(
            f"지식 파일을 쓰지 못했습니다({reason}). 디스크와 폴더의 권한을 살펴보세요. / "
            f"The knowledge could not be written ({reason}): look at the disk and at who may write to the folder."
        )


@dataclass(frozen=True, slots=True)
class _Move:
    """One file of a change: where it stands, what it held, and the digest of what it is to hold; None is "no file"."""

    name: str
    path: Path
    before: bytes | None
    digest: str | None

    def is_done(self) -> bool:
        return _digest(_on_disk(self.path)) == self.digest

    def is_ready(self) -> bool:
        """Say whether this can be done: its text is at hand, and nobody has changed the file by hand since."""
        at_hand = self.digest is None or _digest(_on_disk(_partial(self.path))) == self.digest
        return at_hand and _on_disk(self.path) == self.before


def write(folder: Path, change: Change) -> None:
    """Put `change` on the disk as a whole, waiting up to PATIENCE seconds for another writer.

    Raises BadName, Outdated or CannotWrite; what stood there stands then.
    """
    assert change.before.keys() == change.after.keys(), "a change says of each file what it was and what it will be"
    before, after = _encoded(change.before), _encoded(change.after)
    try:
        with alone(folder):
            _finish(folder)
            _compare(folder, before)
            changed = {name: text for name, text in after.items() if text != before[name]}
            if changed:
                _publish(folder, before, changed)
    except OSError as error:
        raise CannotWrite(error) from None


def finish(folder: Path) -> tuple[str, ...]:
    """Finish what a killed program left, or take it back where it cannot be; return the names put in place now.

    To be called before the folder is read. Where nothing was left, nothing is written or locked. Raises CannotWrite.
    """
    try:
        if not _leftovers(folder):
            return ()
        with alone(folder):
            return _finish(folder)
    except OSError as error:
        raise CannotWrite(error) from None


def read(folder: Path) -> dict[str, bytes]:
    """Return what the YAML files of `folder` hold, at one moment between two changes; raise CannotWrite, Unreadable."""
    try:
        with alone(folder):
            _finish(folder)
            return contents(folder)
    except OSError as error:
        raise CannotWrite(error) from None


def path_in(folder: Path, name: str) -> Path:
    """Return where the YAML file `name` stands; raise BadName if it is not below `folder`, or behind a link."""
    path = folder / name
    if not is_name(name) or any(part.is_symlink() for part in (path, *path.parents[: name.count("/")])):
        raise BadName
    return path


def _encoded(texts: Mapping[str, str | None]) -> dict[str, bytes | None]:
    return {name: None if text is None else text.encode() for name, text in texts.items()}


def _compare(folder: Path, before: Mapping[str, bytes | None]) -> None:
    changed = [name for name, text in before.items() if _on_disk(path_in(folder, name)) != text]
    if changed:
        raise Outdated(changed)


def _publish(folder: Path, before: Mapping[str, bytes | None], after: Mapping[str, bytes | None]) -> None:
    moves = [_Move(name, path_in(folder, name), before[name], _digest(text)) for name, text in after.items()]
    try:
        for move in moves:
            _write_partial(move.path, after[move.name])
        _sync_folders(folder, moves)
        _compare(folder, before)  # writing may have taken a while, and an editor knows nothing of our lock
        _write_journal(folder, moves)
        _put_in_place(folder, moves, moves)
    except (OSError, Outdated):
        with suppress(OSError):  # what cannot be taken back now is finished, or taken back, by the next `finish`
            _take_back(folder, moves if (folder / JOURNAL).exists() else [])
        raise


def _put_in_place(folder: Path, moves: Sequence[_Move], waiting: Sequence[_Move]) -> None:
    """Do what of `moves` is `waiting`; the journal goes only when all of them are sure to outlast a power cut."""
    for move in waiting:
        _put(move.path, is_there=move.digest is not None)
    _sync_folders(folder, moves)
    (folder / JOURNAL).unlink()
    with suppress(OSError):  # the change stands; a journal that came back would find all of it done
        _sync(folder)


def _take_back(folder: Path, moves: Sequence[_Move]) -> None:
    for move in moves:
        if move.is_done():
            _write_partial(move.path, move.before)
            _put(move.path, is_there=move.before is not None)
    _sync_folders(folder, moves)
    _clear(folder)


def _clear(folder: Path) -> None:
    for path in _leftovers(folder):
        path.unlink(missing_ok=True)


def _put(path: Path, *, is_there: bool) -> None:
    """Put the text waiting beside `path` in its place, or remove the file."""
    if is_there:
        _partial(path).replace(path)
    else:
        path.unlink(missing_ok=True)


def _finish(folder: Path) -> tuple[str, ...]:
    moves = _read_journal(folder)
    waiting = [move for move in moves if not move.is_done()]
    if moves and all(move.is_ready() for move in waiting):
        _put_in_place(folder, moves, waiting)
        _clear(folder)
        return tuple(move.name for move in waiting)
    if _leftovers(folder):
        _take_back(folder, moves)
    return ()


def _leftovers(folder: Path) -> list[Path]:
    """Return what an interrupted change left: partial files, and last the journal that knows what belongs together."""
    found = [path for pattern in _PARTIALS for path in folder.rglob(pattern)]
    return [*found, folder / JOURNAL] if os.path.lexists(folder / JOURNAL) else found


def _write_journal(folder: Path, moves: Sequence[_Move]) -> None:
    kept = [(move.name, move.before if move.before is None else move.before.decode(), move.digest) for move in moves]
    _write_partial(folder / JOURNAL, json.dumps(kept).encode())
    _put(folder / JOURNAL, is_there=True)
    _sync(folder)


def _read_journal(folder: Path) -> list[_Move]:
    """Return the moves of the journal; none where there is no journal, or one that was not written so by us."""
    try:
        kept = json.loads(_on_disk(folder / JOURNAL) or b"[]")
        before = _encoded({name: text for name, text, _ in kept})
        return [_Move(name, path_in(folder, name), before[name], digest) for name, _, digest in kept]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name.removeprefix('.')}.partial")


def _on_disk(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if S_ISREG(path.lstat().st_mode) else None  # reading a pipe would wait for ever
    except (FileNotFoundError, NotADirectoryError):
        return None


def _digest(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _write_partial(path: Path, data: bytes | None) -> None:
    """Bring `data` to the disk beside `path`, with the owner and the rights of `path` if it is there."""
    if data is None:
        return
    partial = _partial(path)
    partial.parent.mkdir(parents=True, exist_ok=True)
    partial.unlink(missing_ok=True)  # a link laid there would be followed
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
        file.write(data)
        file.flush()
        _like(path, partial)
        os.fsync(file.fileno())


def _like(old: Path, new: Path) -> None:
    try:
        was = old.stat()
    except FileNotFoundError:
        return
    if sys.platform != "win32":
        with suppress(PermissionError):  # only root gives files away; a group's folder needs no more than the mode
            os.chown(new, was.st_uid, was.st_gid)
    new.chmod(was.st_mode & 0o7777)


def _sync_folders(folder: Path, moves: Sequence[_Move]) -> None:
    for each in {folder / parent for move in moves for parent in PurePosixPath(move.name).parents} | {folder}:
        if each.is_dir():
            _sync(each)


def _sync(folder: Path) -> None:
    if sys.platform == "win32":  # has no such thing
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
