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
_TELL: Final = ("Chrome/", "Firefox/")
"""Browsers that tell whether somebody tapped."""
_SUBSCRIBER: Final = 64
"""Bits of an IPv6 address that one subscriber shares."""


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

    Chromium and Firefox leave Sec-Fetch-User out when they go back; WebKit never sends it.
    """
    headers = request.headers
    ahead = request.method != "GET" or any(name in headers for name in _LOOKS_AHEAD)
    tells = "sec-fetch-mode" in headers and any(name in headers.get("user-agent", "") for name in _TELL)
    back = tells and headers.get("sec-fetch-user") != "?1"
    return not ahead and not back and "max-age=0" not in headers.get("cache-control", "")


def is_ours(request: Request) -> bool:
    """Say whether something was sent from one of our pages, as far as the browser tells."""
    return request.headers.get("sec-fetch-site", "") != "cross-site"


def sender_of(request: Request) -> str:
    """Return the address of the internet that a request comes from, "" where there is none.

    Of what comes from this machine or one beside it, a proxy tells the address: the last of X-Forwarded-For. Of an IPv6
    address it is the network: a subscriber has many addresses.
    """
    told = ",".join(request.headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
    return _of_the_internet(request.client.host if request.client else "") or _of_the_internet(told)


def _of_the_internet(host: str) -> str:
    """Return the name of an address of somebody, "" for a proxy on this machine or beside it."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if not address.is_global:
        return ""
    is_long = address.version == 6 and not address.ipv4_mapped
    return str(ipaddress.ip_network((int(address), _SUBSCRIBER), strict=False) if is_long else address)


def language_of(code: str) -> Language:
    """Return the language of a code, Korean for any that is not known."""
    return Language.EN if code == Language.EN else Language.KO
