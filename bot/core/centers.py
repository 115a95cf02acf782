"""Which Hana Center looks after a place that a text names."""

from collections.abc import Iterator, Mapping

from bot.core.knowledge.models import Center
from bot.core.language.normal import spaceless

_ENDINGS = ("특별자치도", "특별자치시", "특별시", "광역시", "도", "시", "군", "구")
MOST = 6


def centers_for(centers: Mapping[str, Center], text: str) -> tuple[Center, ...]:
    """Return the centres of the towns that `text` names, or else of the provinces it names, at most MOST."""
    letters = spaceless(text)
    regions = {name for center in centers.values() for name in _names(center.region.ko)}
    in_town = [c for c in centers.values() if any(_named(place, c, letters, regions) for place in c.covers)]
    if in_town:
        return tuple(in_town[:MOST])
    whole = [
        c for c in centers.values() if any(_named(place, c, letters, regions) for place in (c.region.ko, c.region.en))
    ]
    return tuple(whole[:MOST])


def _named(place: str, center: Center, letters: str, regions: set[str]) -> bool:
    """Say whether `letters` names `place`, and not a town of the same name in another province (경기 광주)."""
    own = set(_names(center.region.ko))
    for name in _names(place):
        before, found, _ = letters.partition(name)
        if found and not any(before.endswith(region) for region in regions - own):
            return True
    return False


def _names(*places: str) -> Iterator[str]:
    """Yield each name without spaces, and without its 도, 시, 군 or 구 if two letters are left."""
    for place in places:
        name = spaceless(place)
        yield name
        short = next((name.removesuffix(end) for end in _ENDINGS if name.endswith(end)), "")
        if len(short) > 1:
            yield short
