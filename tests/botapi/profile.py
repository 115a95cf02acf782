"""The methods with which a bot describes itself: its commands, its name and its descriptions."""

from collections.abc import Mapping
from typing import Any, Final

from . import strictness
from .markup import utf16_length
from .state import Method, State
from .strictness import bad_request, string
from .updates import Json


def set_my_commands(state: State, params: Json) -> bool:
    """Keep the commands of a scope and a language."""
    state.profile[_commands_key(params)] = strictness.bot_commands(params)
    return True


def get_my_commands(state: State, params: Json) -> Any:
    """Return the commands of exactly that scope and language."""
    return state.profile.get(_commands_key(params), [])


def delete_my_commands(state: State, params: Json) -> bool:
    """Forget the commands of a scope and a language."""
    state.profile.pop(_commands_key(params), None)
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


def _commands_key(params: Json) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    return f"commands {sorted(scope.items())}", strictness.language_code(params)


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
