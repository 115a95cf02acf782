"""What a new entry may be called."""

from bot.core.editing import entry_name
from bot.core.knowledge.fields import is_id
from bot.core.knowledge.whole import Knowledge


class BadName(ValueError):
    """A new entry in a category, or with an id, that cannot be."""


class Taken(ValueError):
    """A new entry with an id that there is already, or was."""


def new_name(knowledge: Knowledge, category: str, id_: str) -> str:
    """Return the name of a new entry's file; raise BadName or Taken."""
    if category not in [each.id for each in knowledge.categories] or not is_id(id_):
        raise BadName
    if id_ in knowledge.entries or id_ in knowledge.urgent.kinds or id_ in knowledge.retired:
        raise Taken
    return entry_name(category, id_)
