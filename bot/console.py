"""Where the command line writes, and how it stops."""

from typing import Annotated, NoReturn

import typer
from rich.console import Console

out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
if not out.is_terminal:  # a table in a file or a log is not cut to the width of nothing
    out.width = 160

BAD_INPUT = 2
"""What the program ends with when it was asked for something that cannot be."""

TRY_LATER = 75
"""What it ends with when the same may work later (EX_TEMPFAIL of sysexits.h)."""
FAULT = 70
"""What it ends with after a fault of ours (EX_SOFTWARE)."""

Json = Annotated[bool, typer.Option("--json", help="한 줄에 JSON 하나씩 / JSON for machines")]


def stop(sentence: str) -> NoReturn:
    """Say why nothing was done, and end the program."""
    err.print(sentence, markup=False)
    raise typer.Exit(BAD_INPUT)
