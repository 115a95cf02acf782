"""The knowledge that answers now, and the engine over it: replaced whole, between two questions."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.engine import Engine


@dataclass(slots=True)
class Current:
    """The engine that answers now, and the texts of the files it was made from."""

    engine: Engine
    texts: Mapping[str, str]
