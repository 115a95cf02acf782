"""Files: the methods with which the bot sends them and asks for those of people."""

import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from . import chats, strictness
from .state import Method, State, Upload
from .strictness import Refused, bad_request, string
from .updates import Json

LARGEST_PHOTO: Final = 10 * 2**20
LARGEST_DOCUMENT: Final = 50 * 2**20
LARGEST_DOWNLOAD: Final = 20 * 2**20
"""In bytes."""

LARGEST_SIDES: Final = 10_000
LONGEST_SIDE: Final = 20
"""How many pixels width and height have together, and how many times as long as the other one of them may be."""

_ATTACHED: Final = "attach://"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FILE_TYPES: Final = mimetypes.MimeTypes()
"""As Python ships them, so that a file is the same on every machine."""


def send_document(state: State, params: Json) -> Json:
    """Put a file into a chat."""
    where, upload = chats.chat_id(state, params), _upload(state, params, "document")
    if len(upload.content) > LARGEST_DOCUMENT:
        raise Refused(413, "Request Entity Too Large")
    caption = _caption(params)
    return chats.post(
        state, where, params, document(state, upload) | caption, string(params, "caption"), "sendDocument"
    )


def send_photo(state: State, params: Json) -> Json:
    """Put a picture into a chat.

    Stricter than Telegram in one thing: Telegram reads other pictures than PNG too.
    """
    where, upload = chats.chat_id(state, params), _upload(state, params, "photo")
    if len(upload.content) > LARGEST_PHOTO:
        size = f"file of size {len(upload.content)} bytes"
        raise bad_request(f"{size} is too big for a photo; the maximum size is {LARGEST_PHOTO} bytes")
    caption, sides = _caption(params), _sides(upload.content)
    photo = {"photo": [state.keep(upload) | sides]}
    return chats.post(state, where, params, photo | caption, string(params, "caption"), "sendPhoto")


def get_file(state: State, params: Json) -> Json:
    """Say where a file can be fetched from now on."""
    file_id = string(params, "file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    upload = state.files.get(file_id)
    if upload is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(upload.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    path = f"documents/file_{list(state.files).index(file_id)}{PurePosixPath(upload.name).suffix}"
    state.paths[path] = upload
    return state.described(file_id) | {"file_path": path}


def document(state: State, upload: Upload) -> Json:
    """Return the field of a message that holds a document; keep its content."""
    kind = _FILE_TYPES.guess_type(upload.name)[0] or "application/octet-stream"
    return {"document": {"file_name": upload.name, "mime_type": kind} | state.keep(upload)}


def _upload(state: State, params: Json, name: str) -> Upload:
    """Return the file in a parameter: a part of the request, one attached by name, or one that Telegram has already."""
    given = params.get(name)
    if isinstance(given, str) and given.startswith(_ATTACHED):
        given = params.get(given.removeprefix(_ATTACHED))
    elif isinstance(given, str) and given:
        given = state.files.get(given)
        if given is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
    if not isinstance(given, Upload):
        raise bad_request(f"there is no {name} in the request")
    if not given.content:
        raise bad_request("file must be non-empty")
    return given


def _caption(params: Json) -> Json:
    """Return what stands under a file: the caption as a person would see it, and the buttons."""
    shown = strictness.shown_caption(params)
    caption: Json = {"caption": shown.text} if shown.text else {}
    caption |= {"caption_entities": list(shown.entities)} if shown.entities else {}
    return caption | chats.buttons_of(strictness.reply_markup(params))


def _sides(picture: bytes) -> Json:
    """Return width and height of a PNG in pixels; refuse what is none, and a shape that Telegram does not show."""
    if not picture.startswith(_PNG) or len(picture) < 24:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = (int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    if (
        not min(width, height)
        or width + height > LARGEST_SIDES
        or max(width, height) > LONGEST_SIDE * min(width, height)
    ):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return {"width": width, "height": height}


FILE_METHODS: Final[Mapping[str, Method]] = {
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "getFile": get_file,
}
