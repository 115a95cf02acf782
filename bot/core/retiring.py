"""Retiring an entry: its ways of asking move to its successor, and everything that pointed at it follows."""

from collections.abc import Mapping
from typing import Any

from bot.core.editing import Change, Draft, at, draft_of, entry_name, put, with_asks
from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import canonical, read_source
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language

RETIRED = "advice/retired.yaml"
_REFERRING = ("stages.yaml", "people.yaml", "concepts.yaml", "offers.yaml", RETIRED)
"""Registers that name entries; entries name each other too."""


def retiring(texts: Mapping[str, str], knowledge: Knowledge, id_: str, successor: str) -> Draft:
    """Return the change that takes away the entry `id_` in favour of another; `texts` are the files as they stand.

    Where two things would now point at the successor from one place, one is left.
    """
    old, new = (entry_name(knowledge.entries[each].category, each) for each in (id_, successor))
    gone = draft_of(old, texts[old])
    naming = [
        name
        for name, text in texts.items()
        if name != old and (name in _REFERRING or name.startswith("advice/")) and id_ in text
    ]
    followed = {name: _followed(name, texts[name], id_, successor) for name in {*naming, RETIRED, new}}
    followed[RETIRED] = {**followed[RETIRED], id_: successor}
    asks = [text for code in Language for text in at(gone.value, ("ask", code)) or []]
    followed[new] = with_asks(Draft(new, texts[new], followed[new]), asks)[0].value
    written = {name: _written(name, value) for name, value in followed.items()}
    changed = {name: text for name, text in written.items() if text != texts[name]}
    return Draft(old, texts[old], gone.value, Change({name: texts[name] for name in changed}, changed), gone=True)


def _followed(name: str, text: str, id_: str, successor: str) -> Any:
    """Return the value of a file in which the successor stands wherever the entry stood as an id."""
    value = yaml_text.read(text).value
    if name == "stages.yaml":
        return _stages(value, id_)
    if name == "people.yaml":
        return _ledger(value, id_)
    if name == RETIRED:
        return {key: successor if each == id_ else each for key, each in value.items()}
    if name.startswith("advice/"):
        own = name.removesuffix(".yaml").rpartition("/")[2]
        related = at(value, ("related",)) or []
        return put(value, ("related",), _replaced(related, id_, successor, without=own))
    if name == "offers.yaml":
        return value | {"entry": successor} if value.get("entry") == id_ else value
    return [each | {"entry": successor} if each.get("entry") == id_ else each for each in value]


def _replaced(ids: list[str], id_: str, successor: str, without: str = "") -> list[str]:
    followed = (successor if each == id_ else each for each in ids)
    return [each for each in dict.fromkeys(followed) if each != without]


def _stages(stages: list[Any], id_: str) -> list[Any]:
    """Take away the questions that the entry answered: the successor has its own, at its own stages."""
    kept = []
    for stage in stages:
        parts = [
            part | {"questions": [question for question in part["questions"] if question["entry"] != id_]}
            for part in stage["parts"]
        ]
        kept.append(stage | {"parts": [part for part in parts if part["questions"]]})
    return kept


def _ledger(people: dict[str, Any], id_: str) -> dict[str, Any]:
    """Take the entry out of the ledger: what was said in it is no longer carried, unless elsewhere too."""
    kept = {}
    for name, person in people.items():
        advice = [each | {"entries": [entry for entry in each["entries"] if entry != id_]} for each in person["advice"]]
        kept[name] = person | {"advice": [each for each in advice if each["entries"]]}
    return kept


def _written(name: str, value: Any) -> str:
    return canonical(read_source(name, yaml_text.write(value).encode()))
