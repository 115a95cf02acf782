"""What must not leave a message: numbers and addresses that point at a person."""

import re
from enum import StrEnum


class Personal(StrEnum):
    """A kind of personal data in a text."""

    RESIDENT_NUMBER = "resident number"
    PHONE = "telephone number"
    ACCOUNT = "account or card number"
    ADDRESS = "address"
    EMAIL = "e-mail address"


# `\b` does not separate digits from Korean letters, hence the look-arounds. The order matters: what is found first is
# masked first, and a resident number also looks like an account.
_PATTERNS: tuple[tuple[Personal, re.Pattern[str]], ...] = (
    (Personal.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)),
    (Personal.RESIDENT_NUMBER, re.compile(r"(?<!\d)\d{6}[-\s.]?[1-8]\d{6}(?!\d)")),
    (Personal.PHONE, re.compile(r"(?<!\d)(?:\+?82[-\s.]?)?0?1[016789][-\s.]?\d{3,4}[-\s.]?\d{4}(?!\d)")),
    (Personal.PHONE, re.compile(r"(?<!\d)0(?:2|[3-6]\d|70)[-\s.)]{1,2}\d{3,4}[-\s.]?\d{4}(?!\d)")),
    (Personal.ACCOUNT, re.compile(r"(?<!\d)\d{2,6}-\d{2,6}-\d{3,7}(?:-\d{1,4})?(?!\d)")),
    (Personal.ACCOUNT, re.compile(r"(?<!\d)\d{4}[-\s]?\d{4}[-\s]?\d{4}[-\s]?\d{2,4}(?!\d)")),
    (Personal.ACCOUNT, re.compile(r"(?<!\d)\d{10,16}(?!\d)")),
    (Personal.ADDRESS, re.compile(r"\d{1,4}\s?동\s?\d{1,5}\s?호")),
    (Personal.ADDRESS, re.compile(r"[가-힣]{2,8}(?:대로|로|길)\s?\d{1,4}(?:-\d{1,4}|번길|번지)(?!\d)")),
    (Personal.ADDRESS, re.compile(r"[시군구]\s[가-힣\d]{2,8}(?:대로|로|길)\s?\d{1,4}(?!\d)")),
    (Personal.ADDRESS, re.compile(r"[가-힣]{1,8}[동리]\s?\d{1,4}(?:-\d{1,4})?\s?번지")),
)
_MARK = re.compile(r"[\d@]")
"""All personal data that is found has a digit or an @: most texts have neither."""
MASK = "○○○"


def personal_data(text: str) -> frozenset[Personal]:
    """Return the kinds of personal data that `text` seems to hold."""
    if not _MARK.search(text):
        return frozenset()
    return frozenset(kind for kind, pattern in _PATTERNS if pattern.search(text))


def masked(text: str) -> str:
    """Return `text` with all that `personal_data` finds replaced by circles."""
    if not _MARK.search(text):
        return text
    for _, pattern in _PATTERNS:
        text = pattern.sub(MASK, text)
    return text
