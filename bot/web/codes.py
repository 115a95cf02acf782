"""Codes for a camera: the only door to segno."""

from io import BytesIO
from urllib.parse import urlsplit

import segno


class BadAddress(ValueError):
    """What is no address of a page; the message says what one looks like."""


def svg_of(address: str) -> str:
    """Return a QR code that leads to `address` as SVG; a quarter of it may be covered or torn. Raise BadAddress."""
    try:
        found = urlsplit(address)
        good = found.scheme in ("http", "https") and bool(found.hostname)
    except ValueError:
        good = False
    if not good:
        raise BadAddress(
            "주소는 https://gil.example.org/ 처럼 써 주세요. / Write the address like https://gil.example.org/."
        )
    drawn = BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", xmldecl=False, svgns=False, border=4, omitsize=True, title="QR"
    )
    return drawn.getvalue().decode()
