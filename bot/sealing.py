"""The way back to whoever asked, sealed: the only door to cryptography. Nothing of it is kept anywhere.

A seal is AES-256-GCM with a fresh random nonce: who does not have the key can neither read nor make one. It stands in
a button of a message that the bot itself sent, and holds a chat, a message, the day of the ticket and how often was
written back. What it is for (`purpose`) is authenticated with it: a seal for the asker's side is none for the desk's.
"""

import base64
import binascii
import os
import struct
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_CHAT_BYTES = 7
_LAYOUT = struct.Struct(">IHB")
"""Message id, day, round; a chat id of 52 bits with its sign goes before it in seven bytes (64 bytes are little)."""
_FIRST_DAY = date(2020, 1, 1).toordinal()


class Purpose(StrEnum):
    """Where a seal leads."""

    TO_ASKER = "to the asker"
    TO_DESK = "to the desk"


class Broken(ValueError):
    """A seal that this key did not make, for this purpose: forged, or the key was changed."""


class Expired(ValueError):
    """A seal whose ticket is too old, or dated in the future."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a message is to go: a chat and, there, the message it answers; the ticket's day; how often written back.

    For TO_DESK `chat` is the asker's, who alone may use it, and `message` that of the ticket in the group.
    """

    chat: int
    message: int
    day: date
    round: int = 0


class Sealer:
    """Seals and opens ways with one key; those older than `days` are refused."""

    __slots__ = ("_cipher", "_days")

    def __init__(self, key: str, days: int) -> None:
        self._cipher = AESGCM(base64.urlsafe_b64decode(key))
        self._days = days

    def seal(self, way: Way, purpose: Purpose) -> str:
        """Return `way` as 56 letters that fit into a button; raise OverflowError for a chat id that is none."""
        plain = way.chat.to_bytes(_CHAT_BYTES, "big", signed=True)
        plain += _LAYOUT.pack(way.message, way.day.toordinal() - _FIRST_DAY, way.round)
        nonce = os.urandom(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, purpose.encode())).decode()

    def open(self, seal: str, purpose: Purpose, today: date) -> Way:
        """Return what was sealed; raise Broken or Expired."""
        try:
            raw = base64.b64decode(seal.encode("ascii"), altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(raw).decode() != seal:  # one spelling: what was used is known by its letters
                raise Broken
            plain = self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode())
            chat, (message, day, turn) = plain[:_CHAT_BYTES], _LAYOUT.unpack(plain[_CHAT_BYTES:])
        except (UnicodeEncodeError, binascii.Error, InvalidTag, ValueError, struct.error):
            raise Broken from None
        issued = date.fromordinal(_FIRST_DAY + day)
        if not -1 <= (today - issued).days <= self._days:
            raise Expired
        return Way(int.from_bytes(chat, "big", signed=True), message, issued, turn)


def new_key() -> str:
    """Return a fresh random key as it stands in TICKET_KEY."""
    return base64.urlsafe_b64encode(AESGCM.generate_key(256)).decode()
