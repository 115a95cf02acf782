"""The door: HTTP requests in, Bot API answers out, and long polling."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from email.message import Message
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .methods import METHODS
from .state import Call, Refusal, State, Upload
from .strictness import Refused, bad_request, whole
from .updates import Json

LONGEST_POLL: Final = 50
POLL: Final = "getUpdates"
NAMES: Final = {name.casefold(): name for name in (POLL, *METHODS)}
CONFLICT: Final = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
TERMINATED: Final = "Conflict: terminated by setWebhook request"
HOOKED: Final = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)

_WHOLE: Final = frozenset(
    ["offset", "limit", "timeout", "chat_id", "message_id", "reply_to_message_id", "cache_time", "max_connections"]
)
_STRUCTURED: Final = frozenset([
    "allowed_updates", "reply_markup", "entities", "caption_entities", "reply_parameters", "link_preview_options",
    "message_ids", "commands", "scope", "results", "button", "menu_button", "rights", "reaction",
    "suggested_post_parameters",
])  # fmt: skip
_TRUTH: Final = frozenset([
    "drop_pending_updates", "show_alert", "disable_notification", "protect_content", "is_personal",
    "allow_paid_broadcast", "for_channels", "is_big",
])  # fmt: skip
_TRUE_OR_FALSE: Final = {"true": True, "1": True, "false": False, "0": False}


def application(state: State) -> Starlette:
    """Return the ASGI application over `state`."""

    async def endpoint(request: Request) -> JSONResponse:
        return await _answer(state, request)

    async def files(request: Request) -> Response:
        return _fetched(state, request.path_params["path"])

    routes = [Route("/file/{path:path}", files), Route("/{path:path}", endpoint, methods=["GET", "POST"])]
    return Starlette(routes=routes)


def _fetched(state: State, path: str) -> Response:
    """Return a file that getFile has told the way to."""
    start, _, way = path.partition("/")
    with state.changing():
        upload = state.paths.get(way)
    if start == f"bot{state.token}" and upload:
        return Response(upload.content, media_type="application/octet-stream")
    refused = Refused(404, "Not Found") if start == f"bot{state.token}" else Refused(401, "Unauthorized")
    _note(state, "file", refused)
    return JSONResponse(refused.as_json(), refused.status)


async def _answer(state: State, request: Request) -> JSONResponse:
    path, status = request.path_params["path"], 200
    name = path.partition("/")[2]
    try:
        name = _method(state, path)
        body: Json = {"ok": True, "result": await _result(state, name, await _parameters(request))}
    except Refused as refused:
        status, body = refused.status, refused.as_json()
        _note(state, name, refused)
    if delay := state.delays.get(name, 0):
        await asyncio.sleep(delay)
    return JSONResponse(body, status)


def _note(state: State, name: str, refused: Refused) -> None:
    """Remember that a call was refused for what it was, not because a test wanted it so."""
    if 400 <= refused.status < 500 and not refused.planned:
        with state.changing():
            state.refused.append(Refusal(name, refused.status, refused.description))


def _method(state: State, path: str) -> str:
    start, _, name = path.partition("/")
    if not start.startswith("bot"):
        raise Refused(404, "Not Found")
    if start != f"bot{state.token}":
        raise Refused(401, "Unauthorized")
    if name.casefold() not in NAMES:
        raise Refused(404, "Not Found")
    return NAMES[name.casefold()]


async def _result(state: State, name: str, params: Json) -> Any:
    with state.changing():
        state.calls.append(Call(name, params))
        if planned := state.failures.get(name):
            raise planned.popleft()
        if name != POLL:
            return METHODS[name](state, params)
    return await _updates(state, params)


async def _updates(state: State, params: Json) -> list[Json]:
    """Return what waits for the bot, or wait for it; a newer poll ends this one."""
    offset, limit = whole(params, "offset", 0), whole(params, "limit", 100)
    limit = limit if 0 < limit <= 100 else 100
    with state.changing():
        if state.webhook:
            raise Refused(409, HOOKED)
        state.allow(params)
        state.poll += 1
        ours = state.poll
        state.forget_before(offset)
    ready = _readiness(state, ours)
    await state.wait_until(ready, min(max(whole(params, "timeout", 0), 0), LONGEST_POLL))
    with state.changed:
        if state.poll != ours:
            raise Refused(409, TERMINATED if state.webhook else CONFLICT)
        return state.waiting(limit)


def _readiness(state: State, ours: int) -> Callable[[], bool]:
    return lambda: bool(state.pending) or state.poll != ours or state.stopping


async def _parameters(request: Request) -> Json:
    """Return the parameters of the query and the body, with numbers, booleans and JSON read."""
    kind = request.headers.get("content-type", "")
    reader = _READERS.get(kind.partition(";")[0].strip().casefold(), _nothing)
    found = dict(request.query_params) | await reader(request, kind)
    return {name: _value(name, value) for name, value in found.items()}


async def _nothing(request: Request, kind: str) -> Json:
    return {}


async def _json_body(request: Request, kind: str) -> Json:
    try:
        body = json.loads(await request.body())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body


async def _form_body(request: Request, kind: str) -> Json:
    text = (await request.body()).decode("ascii", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))


async def _multipart_body(request: Request, kind: str) -> Json:
    header = Message()
    header["Content-Type"] = kind
    line = b"\r\n--" + (header.get_boundary() or "").encode()
    return dict(_part(part) for part in (b"\r\n" + await request.body()).split(line)[1:-1])


def _part(part: bytes) -> tuple[str, str | Upload]:
    """Return the name and the value of a field, or a file."""
    head, _, content = part.partition(b"\r\n\r\n")
    names = dict(_NAME.findall(head.decode("utf-8", "replace")))
    value = Upload(names["filename"], content) if "filename" in names else content.decode("utf-8", "replace")
    return names.get("name", ""), value


_NAME: Final = re.compile(r'\b(name|filename)="([^"]*)"')
_READERS: Final[dict[str, Callable[[Request, str], Awaitable[Json]]]] = {
    "application/json": _json_body,
    "application/x-www-form-urlencoded": _form_body,
    "multipart/form-data": _multipart_body,
}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        return value
    if name in _STRUCTURED:
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if name in _WHOLE and value.removeprefix("-").isdecimal():
        return int(value)
    return _TRUE_OR_FALSE.get(value.casefold(), value) if name in _TRUTH else value
