"""The methods with which a bot describes itself: its commands, its name and its descriptions."""

from collections.abc import Mapping
from typing import Any, Final

from . import chats, strictness
from .markup import utf16_length
from .state import Method, State
from .strictness import bad_request, string, whole
from .updates import Json


def set_my_commands(state: State, params: Json) -> bool:
    """Keep the commands of a scope and a language."""
    state.profile[_commands_key(state, params)] = strictness.bot_commands(params)
    return True


def get_my_commands(state: State, params: Json) -> Any:
    """Return the commands of exactly that scope and language."""
    return state.profile.get(_commands_key(state, params), [])


def delete_my_commands(state: State, params: Json) -> bool:
    """Forget the commands of a scope and a language."""
    state.profile.pop(_commands_key(state, params), None)
    return True


def _setter(name: str, longest: int) -> Method:
    def method(state: State, params: Json) -> bool:
        text = string(params, name)
        if utf16_length(text) > longest:
            raise bad_request(f"{name.upper()}_TOO_LONG")
        state.profile[name, strictness.language_code(params)] = text
        return True

    return method


def _getter(name: str) -> Method:
    def method(state: State, params: Json) -> Json:
        return {name: state.profile.get((name, strictness.language_code(params)), "")}

    return method


def _commands_key(state: State, params: Json) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise _unreadable("BotCommandScope must be an Object")
    kind = scope.get("type")
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise _unreadable("Unsupported type specified")
    named = [f"{name} {_id_in(scope, name)}" for name in _SCOPES[kind]]
    if named:
        where = chats.known(state, _id_in(scope, "chat_id"))
        if kind != "chat" and state.chats[where]["type"] == "private":
            raise bad_request("can't use specified scope in private chats")
    return " ".join(["commands", kind, *named]), strictness.language_code(params)


def _id_in(scope: Json, name: str) -> int:
    value = scope.get(name)
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return whole(scope, name)


def _unreadable(why: str) -> strictness.Refused:
    return bad_request(f"can't parse BotCommandScope: {why}")


_SCOPES: Final[Mapping[str, tuple[str, ...]]] = {
    "default": (), "all_private_chats": (), "all_group_chats": (), "all_chat_administrators": (),
    "chat": ("chat_id",), "chat_administrators": ("chat_id",), "chat_member": ("chat_id", "user_id"),
}  # fmt: skip
"""Every kind of people that commands can be for -> the fields that say who."""

PROFILE_METHODS: Final[Mapping[str, Method]] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", 64),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
}
