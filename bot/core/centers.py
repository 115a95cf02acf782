"""Which Hana Center looks after a place: one that a text names, or one that lies near a shared position."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from bot.core.knowledge.models import Both, Center, Place
from bot.core.language.normal import spaceless, starts_in

_ENDINGS = ("특별자치도", "특별자치시", "특별시", "광역시", "도", "시", "군", "구", "si", "gun", "gu", "do")
_BESIDES = (
    "하나센터", "하나쎈터", "지역적응센터", "센터", "쎈터", "사는데요", "사는데", "삽니다", "살아요", "살고있어요",
    "에서", "이에요", "예요", "입니다", "임다", "이오", "살고있습니다", "사오",
    "저는", "나는", "근처", "쪽", "에", "은요", "는요", "은", "는", "요",
    "hanacentre", "hanacenter", "centre", "center", "hana", "nearby", "near", "in", "the", "korea",
)  # fmt: skip
"""What may stand beside a place in a text that says nothing but where somebody lives."""
LONGEST_ADDRESS = 40
"""Letters: a longer text says more than where somebody lives."""
_CENTER = ("센터", "쎈터", "center", "centre")
_SMALLER = re.compile(r"[시군구도]|(?!운동|노동|활동|행동|자동|이동|아동|부동)[가-힣]{1,4}[동읍면구]")
"""What a district or neighbourhood that we do not know looks like, beside a place that we know."""
MOST = 6
FARTHEST = 60.0
"""Kilometres: a position farther from every place that we know is none of ours."""
_EARTH = 6371.0


def region_key(region: Both) -> str:
    """Return what stands for a region in buttons: "north-jeolla"."""
    return region.en.casefold().replace(" ", "-")


def regions_of(centers: Mapping[str, Center]) -> dict[str, Both]:
    """Return each region that has a centre, by its key."""
    return {region_key(center.region): center.region for center in centers.values()}


def centers_in(centers: Mapping[str, Center], region: str) -> tuple[str, ...]:
    """Return the ids of the centres in the region with that key."""
    return tuple(id_ for id_, center in centers.items() if region_key(center.region) == region)


def centers_for(centers: Mapping[str, Center], text: str) -> tuple[Center, ...]:
    """Return the centres of the towns that `text` names, or else of the provinces it names, at most MOST."""
    letters = spaceless(text)
    regions = {name for center in centers.values() for name in _names(center.region.ko)}
    towns = [(c, _named(c.covers, c, letters, regions)) for c in centers.values()]
    provinces = [(c, _named((c.region.ko, c.region.en), c, letters, regions)) for c in centers.values()]
    return _by_whole_names(towns) or _by_whole_names(provinces)


def _by_whole_names(found: Sequence[tuple[Center, set[str]]]) -> tuple[Center, ...]:
    """Return the centres with a name that is not part of a longer one ("대구" in "해운대구"), at most MOST."""
    every = set().union(*(names for _, names in found))
    whole = {name for name in every if not any(name in other and name != other for other in every)}
    return tuple(center for center, names in found if names & whole)[:MOST]


def places_named(places: Sequence[Place], text: str) -> tuple[Place, ...]:
    """Return the places that `text` names by the longest name; several if towns of several regions are so called."""
    letters = spaceless(text)
    named = [(len(name), place) for place in places for name in _names(place.name.ko, place.name.en) if name in letters]
    longest = max((length for length, _ in named), default=0)
    return tuple(dict.fromkeys(place for length, place in named if length == longest))


def centers_of(centers: Mapping[str, Center], text: str, places: Sequence[Place]) -> tuple[str, ...]:
    """Return the ids of the centres of the towns or provinces that `text` names, or of a town's province."""
    found = centers_for(centers, text)
    if not found:
        named = places_named(places, text)
        found = tuple(each for place in named for each in centers_for(centers, f"{place.region.ko} {place.name.ko}"))
    return tuple(id_ for id_, center in centers.items() if center in found)


def names_of_places(centers: Mapping[str, Center], places: Sequence[Place]) -> dict[str, list[str]]:
    """Return every name by which a place or a centre is called, without spaces, by its first two letters."""
    of_centers = ((c.name.ko, c.name.en, c.region.ko, c.region.en, *c.covers) for c in centers.values())
    known = {name for names in (*of_centers, *((p.name.ko, p.name.en) for p in places)) for name in _names(*names)}
    names: dict[str, list[str]] = {}
    for name in sorted(known):
        names.setdefault(name[:2], []).append(name)
    return names


def doubtful_names(places: Sequence[Place]) -> frozenset[str]:
    """Return the short names of places that are everyday words too ("예산", "음성")."""
    marked = (place for place in places if place.everyday)
    return frozenset(name for place in marked for name in (*_short(place.name.ko), *_short(place.name.en)))


def says_only_where(names: Mapping[str, Sequence[str]], doubtful: frozenset[str], text: str) -> bool:
    """Say whether `text` is made of `names` of places and says nothing else: "부산 사상구 주례동", "수원 하나센터".

    A doubtful name alone is no place, but for a centre: "예산" asks about money.
    """
    left = letters = spaceless(text)
    if len(letters) > LONGEST_ADDRESS:
        return False
    found = []
    near = (name for start in names.keys() & starts_in(letters) for name in names[start])
    for name in sorted(near, key=lambda name: (-len(name), name)):
        if name in left:
            left = left.replace(name, " ")
            found.append(name)
    asked = any(word in letters for word in _CENTER)
    if not found or (doubtful.issuperset(found) and not asked):
        return False
    for word in _BESIDES:
        left = left.replace(word, " ")
    return all(_SMALLER.fullmatch(part) for part in left.split())


def nearest(places: Sequence[Place], latitude: float, longitude: float) -> Place | None:
    """Return the place nearest to a position in degrees, or None if every place is farther than FARTHEST kilometres."""
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    distances = [
        (_kilometres(latitude, longitude, *map(float, point.split())), at)
        for at, place in enumerate(places)
        for point in place.points
    ]
    distance, at = min(distances, default=(math.inf, 0))
    return places[at] if distance <= FARTHEST else None


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the distance of two positions in degrees, on a sphere (haversine)."""
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    half_north, half_east = (other_north - north) / 2, math.radians(other_longitude - longitude) / 2
    square = math.sin(half_north) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(square)))


def _named(places: Sequence[str], center: Center, letters: str, regions: set[str]) -> set[str]:
    """Return the names of `places` in `letters`, but for towns so called in another province (경기 광주)."""
    own = set(_names(center.region.ko))
    found = set()
    for name in _names(*places):
        before, there, _ = letters.partition(name)
        if there and not any(before.endswith(region) for region in regions - own):
            found.add(name)
    return found


def _names(*places: str) -> Iterator[str]:
    """Yield each name without spaces, and without its 도, 시, 군 or 구 if two letters are left (four of Latin ones)."""
    return chain.from_iterable(map(_forms, places))


@cache
def _forms(place: str) -> tuple[str, ...]:
    """Return both forms of a name that the knowledge has."""
    return spaceless(place), *_short(place)


def _short(place: str) -> Iterator[str]:
    """Yield the name without its ending, if it has one and enough is left."""
    name = spaceless(place)
    short = next((name.removesuffix(end) for end in _ENDINGS if name.endswith(end)), "")
    if len(short) > (3 if short.isascii() else 1):
        yield short
