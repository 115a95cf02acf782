"""What a request tells: the fields of a form, where it comes from, whether somebody opens the page just now."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from bot.core.model import Language
from bot.serving import Request, body_of

LARGEST: Final = 48 * 1024
"""Bytes of what is sent: a Korean letter takes nine."""
SENDING: Final = 10.0
"""Seconds for sending it."""
MOST_FIELDS: Final = 64
"""Fields of a form: there is one for each sign of an offer."""
_LOOKS_AHEAD: Final = ("sec-purpose", "purpose", "x-moz")
"""Headers with which a browser says that it fetches what nobody has asked for yet."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form."""

    values: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str:
        """Return the first value of a field, "" if there is none."""
        return next(iter(self.values.get(name, ())), "")


async def fields_of(request: Request) -> Sent:
    """Return the fields of a form that was sent; none of what cannot be read. Raise Refused."""
    body = await body_of(request, LARGEST, SENDING)
    try:
        return Sent(parse_qs(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return Sent({})


def is_opened(request: Request) -> bool:
    """Say whether somebody opens this now: no program that looks ahead, no browser that goes back or loads again.

    A browser that tells how it came to ask (Sec-Fetch-Mode) leaves Sec-Fetch-User out when it goes back.
    """
    headers = request.headers
    ahead = request.method != "GET" or any(name in headers for name in _LOOKS_AHEAD)
    back = "sec-fetch-mode" in headers and headers.get("sec-fetch-user") != "?1"
    return not ahead and not back and "max-age=0" not in headers.get("cache-control", "")


def sender_of(request: Request) -> str:
    """Return the address of the internet that a request comes from, "" where there is none.

    Of what comes from this machine or one beside it, a proxy tells the address: the last of X-Forwarded-For.
    """
    host = request.client.host if request.client else ""
    if not _of_the_internet(host):
        host = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return host if _of_the_internet(host) else ""


def _of_the_internet(host: str) -> bool:
    """Say whether that is an address of somebody, not of a proxy on this machine or beside it."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return False


def language_of(code: str) -> Language:
    """Return the language of a code, Korean for any that is not known."""
    return Language.EN if code == Language.EN else Language.KO
