"""One file that holds all there is to lose, the knowledge and the counters; and the way back from it.

The file is a zip: `manifest.json`, `counters.sqlite3` if anything was counted, and the knowledge below `knowledge/`.
Settings, keys and what was learnt are not in it. What comes back is looked through before anything is touched, for the
file may have been changed: its names, sizes and sums, the database, the knowledge with every check there is.
"""

import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from bot import copying, writing
from bot.core.editing import Change
from bot.core.knowledge import checks, yaml_text
from bot.core.knowledge.loading import MOST_FILES, digest, is_name, read_files
from bot.store import Damaged, NoStore

MANIFEST: Final = "manifest.json"
DATABASE: Final = "counters.sqlite3"
KNOWLEDGE: Final = "knowledge/"
FORMAT: Final = 1
LARGEST_DATABASE: Final = 2 * 1024**3
"""Bytes."""
LARGEST_KNOWLEDGE: Final = 256 * 1024**2
"""Bytes of all its files together: they are read at once."""
_LARGEST_MANIFEST: Final = 10_000
_ENCRYPTED: Final = 1
_PIECE: Final = 1024 * 1024


class Refused(RuntimeError):
    """Nothing was written; the message says why, in Korean and English."""

    def __init__(self, korean: str, english: str) -> None:
        super().__init__(f"{korean} / {english}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: who made it and when, what the knowledge adds up to; `schema` 0 for no counters."""

    format: int
    program: str
    schema: int
    knowledge: str
    day: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the knowledge and the counters of a bot are."""

    folder: Path
    database: Path


def back_up(place: Place, file: Path, program: str, today: date) -> Manifest:
    """Write all there is to lose to `file`, also while the bot runs; a backup that stands there is replaced.

    Raise Refused, Unreadable, NoStore, CannotWrite or OSError; what stood there stands then.
    """
    if file.exists() and not is_zipfile(file):
        raise Refused(
            f"{file} 은(는) 백업 파일이 아닙니다. 다른 이름을 쓰세요.", f"{file} is no backup: choose another name."
        )
    with _spare_beside(file) as spare:
        schema = copying.copy(place.database, spare / DATABASE) if place.database.exists() else 0
        return _pack(file, spare, writing.read(place.folder), Manifest(FORMAT, program, schema, "", today.isoformat()))


def restore(place: Place, file: Path, program: str, today: date) -> tuple[Manifest, Path | None]:
    """Put back what `file` holds; return its manifest, and the backup of what was there before, if anything was.

    Raise Refused, Unreadable, NoStore, CannotWrite or OSError. The knowledge and the counters each stay as they were or
    are wholly put back, whatever ends the program; the same again does the rest.
    """
    place.database.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            held = stack.enter_context(_held(place.database))
        except copying.InUse:
            raise _bot_runs() from None
        spare = stack.enter_context(_spare_beside(place.database))
        manifest, files = _looked_through(file, spare / DATABASE)
        before = _backup_before(place, held, program, today)
        put_back(place, files, held, spare / DATABASE if manifest.schema else None)
        return manifest, before


def put_back(place: Place, files: Mapping[str, bytes], held: copying.Held | None, database: Path | None) -> None:
    """Make the knowledge `files`, and the counters what `database` holds, if there is one.

    `held` is None where there are no counters yet, or damaged ones, which are put aside.
    """
    place.folder.mkdir(parents=True, exist_ok=True)
    try:
        now = {name: data.decode() for name, data in writing.read(place.folder).items()}
        after = {name: data.decode() for name, data in files.items()}
        names = sorted({*now, *after})
        writing.write(
            place.folder, Change({name: now.get(name) for name in names}, {name: after.get(name) for name in names})
        )
    except (UnicodeDecodeError, writing.BadName):
        raise _not_plain(place.folder) from None
    if database and held:
        held.become(database)
    elif database:
        if place.database.exists():
            place.database.rename(_unused(place.database.with_name(f"{place.database.name}.damaged")))
        with copying.held(place.database, create=True) as made:
            made.become(database)


def _backup_before(place: Place, held: copying.Held | None, program: str, today: date) -> Path | None:
    there = place.folder.is_dir() and writing.read(place.folder)
    if not there and held is None:
        return None
    file = _unused(place.database.with_name(f"before-restore-{today.isoformat()}.zip"))
    with _spare_beside(file) as spare:
        schema = held.copy(spare / DATABASE) if held else 0
        _pack(file, spare, there or {}, Manifest(FORMAT, program, schema, "", today.isoformat()))
    return file


def _unused(file: Path) -> Path:
    names = (file if not number else file.with_stem(f"{file.stem}-{number}") for number in range(10_000))
    return next(name for name in names if not os.path.lexists(name))


def _held(database: Path) -> AbstractContextManager[copying.Held | None]:
    """Hold the database; None where there is none, or a damaged one, which no bot can be using."""
    if not database.exists() or _is_damaged(database):
        return nullcontext()
    return copying.held(database)


def _is_damaged(database: Path) -> bool:
    try:
        copying.demand_sound(database)
    except Damaged:
        return True
    except copying.Newer:  # it can be held and copied all the same
        return False
    return False


# --- the file ---


@contextmanager
def _spare_beside(file: Path) -> Iterator[Path]:
    """Give a folder on the same disk that only we can read, and that is gone afterwards."""
    with TemporaryDirectory(prefix=".gildongmu-", dir=file.absolute().parent) as spare:
        yield Path(spare)


def _pack(file: Path, spare: Path, files: Mapping[str, bytes], manifest: Manifest) -> Manifest:
    """Write the file in one step: a kill leaves none, or the one that was there."""
    manifest = Manifest(**{**asdict(manifest), "knowledge": digest(files)})
    made = spare / "backup.zip"
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        with ZipFile(written, "w", ZIP_DEFLATED) as archive:
            archive.writestr(ZipInfo(MANIFEST), json.dumps(asdict(manifest), indent=2), ZIP_DEFLATED)
            if (spare / DATABASE).exists():
                with (
                    (spare / DATABASE).open("rb") as source,
                    archive.open(_info(DATABASE), "w", force_zip64=True) as to,
                ):
                    shutil.copyfileobj(source, to, _PIECE)
            for name, data in sorted(files.items()):
                archive.writestr(ZipInfo(f"{KNOWLEDGE}{name}"), data, ZIP_DEFLATED)
        written.flush()
        os.fsync(written.fileno())
    made.replace(file)
    return manifest


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name)  # dated 1980, whenever it is made: equal content, equal bytes
    info.compress_type = ZIP_DEFLATED
    return info


def _looked_through(file: Path, database: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Return what `file` says and the knowledge in it, with its database written to `database`; raise Refused."""
    if not file.is_file():
        raise FileNotFoundError(2, "no file", str(file))
    try:
        with ZipFile(file) as archive:
            infos = _allowed(archive, database.parent)
            manifest = _manifest(archive.read(infos.pop(MANIFEST)))
            if (DATABASE in infos) != bool(manifest.schema):
                raise _damaged(DATABASE)
            if manifest.schema:
                with archive.open(infos.pop(DATABASE)) as source, database.open("xb") as target:
                    shutil.copyfileobj(source, target, _PIECE)
            files = {name.removeprefix(KNOWLEDGE): archive.read(info) for name, info in sorted(infos.items())}
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, RecursionError) as error:
        raise _damaged(type(error).__name__) from None
    if digest(files) != manifest.knowledge:
        raise _damaged(KNOWLEDGE)
    if manifest.schema:
        _demand_sound(database)
    checks.demand_sound(read_files(files))
    return manifest, files


def _allowed(archive: ZipFile, spare: Path) -> dict[str, ZipInfo]:
    """Return what is in the archive by its name; raise Refused for anything a backup of ours does not have."""
    infos = {info.filename: info for info in archive.infolist()}
    if len(infos) != len(archive.infolist()) or len(infos) > MOST_FILES or MANIFEST not in infos:
        raise _damaged(MANIFEST)
    for name, info in infos.items():
        is_plain = info.compress_type in (ZIP_STORED, ZIP_DEFLATED) and not info.flag_bits & _ENCRYPTED
        if not is_plain or info.file_size > _largest(name):
            raise _damaged(ascii(name)[1:61])
    size = sum(info.file_size for info in infos.values())
    if sum(info.file_size for name, info in infos.items() if name != DATABASE) > LARGEST_KNOWLEDGE:
        raise _damaged(KNOWLEDGE)
    if 3 * size > shutil.disk_usage(spare).free:  # here, the backup before, in place
        raise Refused("디스크에 자리가 모자랍니다.", "There is too little room on the disk.")
    return infos


def _largest(name: str) -> int:
    """Return how many bytes may stand under a name; -1 for a name that has no place in a backup."""
    if name == MANIFEST:
        return _LARGEST_MANIFEST
    if name == DATABASE:
        return LARGEST_DATABASE
    return yaml_text.LARGEST if name.startswith(KNOWLEDGE) and is_name(name.removeprefix(KNOWLEDGE)) else -1


def _manifest(data: bytes) -> Manifest:
    try:
        manifest = Manifest(**json.loads(data))
    except (ValueError, TypeError):
        raise _damaged(MANIFEST) from None
    if type(manifest.format) is not int or type(manifest.schema) is not int:
        raise _damaged(MANIFEST)
    if manifest.format > FORMAT:
        raise _newer()
    return manifest


def _demand_sound(database: Path) -> None:
    try:
        copying.demand_sound(database)
    except copying.Newer:
        raise _newer() from None
    except NoStore:
        raise _damaged(DATABASE) from None


def _damaged(what: str) -> Refused:
    return Refused(
        f"백업 파일이 상했거나 우리 것이 아닙니다({what}). 아무것도 바꾸지 않았습니다.",
        f"The backup is damaged, or none of ours ({what}). Nothing was changed.",
    )


def _newer() -> Refused:
    return Refused(
        "더 새로운 길동무가 만든 백업입니다. 프로그램을 먼저 새로 바꾸세요. 아무것도 바꾸지 않았습니다.",
        "This backup was made by a newer program: update first. Nothing was changed.",
    )


def _bot_runs() -> Refused:
    return Refused(
        "봇이 켜져 있습니다. 먼저 끄고 다시 하세요. 아무것도 바꾸지 않았습니다.",
        "The bot is running: stop it first, then restore. Nothing was changed.",
    )


def _not_plain(folder: Path) -> Refused:
    return Refused(
        f"{folder} 에 지식이 아닌 파일이 있습니다. 그 폴더의 이름을 바꾸어 두고 다시 하세요.",
        f"{folder} holds files that are no knowledge: rename that folder, then restore again.",
    )
