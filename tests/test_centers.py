"""Which Hana Center looks after the place that a text names."""

import math
from dataclasses import replace
from datetime import date, timedelta

import pytest
from conftest import TODAY, buttons
from hypothesis import given
from hypothesis import strategies as st

from bot.core.building import opener_for
from bot.core.centers import (
    FARTHEST,
    MOST,
    centers_for,
    centers_of,
    doubtful_names,
    names_of_places,
    nearest,
    places_named,
    says_only_where,
)
from bot.core.knowledge.models import Both, Center, said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Language, Part, Reply, Verb
from bot.core.opening import Opener


def center(name: str, region: str, *covers: str) -> Center:
    return Center(
        name=Both(ko=name, en=name),
        region=Both(ko=region, en=region),
        covers=covers,
        known=Both(ko="1577-6635에 물어보세요.", en="Ask at 1577-6635."),
        source="",
        url="",
        checked=date(2026, 11, 1),
        review_by=date(2027, 4, 30),
    )


CENTERS = {
    "seoul-north": center("서울북부하나센터", "서울특별시", "노원구", "중랑구", "nowon"),
    "seoul-west": center("서울서부하나센터", "서울특별시", "양천구", "중구"),
    "incheon": center("인천하나센터", "인천광역시", "인천", "남동구", "부평구"),
    "gyeonggi-north": center("경기북부하나센터", "경기도", "의정부시", "양주시", "파주시"),
    "gyeonggi-south": center("경기남부하나센터", "경기도", "수원시", "평택시"),
    "gyeonggi-east": center("경기동부하나센터", "경기도", "성남시"),
    "gyeonggi-west": center("경기서부하나센터", "경기도", "부천시"),
    "gyeonggi-middle": center("경기중부하나센터", "경기도", "군포시"),
    "gyeonggi-coast": center("경기해안하나센터", "경기도", "안산시"),
    "gyeonggi-hills": center("경기산악하나센터", "경기도", "광주시"),
    "gwangju": center("광주하나센터", "광주광역시", "광주광역시", "광산구", "gwangju"),
    "daegu": center("대구하나센터", "대구광역시", "대구광역시", "수성구"),
    "gangwon": center("강원남부하나센터", "강원특별자치도", "원주시", "횡성군"),
}


def found(text: str) -> list[str]:
    return [id_ for id_, each in CENTERS.items() if each in centers_for(CENTERS, text)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("노원구에 살아요", ["seoul-north"]),
        ("노원 하나센터 어디예요?", ["seoul-north"]),
        ("노 원 구", ["seoul-north"]),
        ("Where is the center in Nowon?", ["seoul-north"]),
        ("의정부 사는데요", ["gyeonggi-north"]),
        ("의정부시하나센터", ["gyeonggi-north"]),
        ("횡성에 배정받았어요", ["gangwon"]),
        ("부평", ["incheon"]),
        ("중구", ["seoul-west"]),
        ("의정부나 수원", ["gyeonggi-north", "gyeonggi-south"]),
    ],
)
def test_a_city_or_district_is_known_with_or_without_its_ending(text: str, ids: list[str]) -> None:
    assert found(text) == ids


def test_a_region_names_all_of_its_centers() -> None:
    assert found("서울 하나센터") == ["seoul-north", "seoul-west"]
    assert found("강원도에 살아요") == ["gangwon"]


def test_a_city_is_nearer_than_its_region() -> None:
    assert found("서울 양천구") == ["seoul-west"]
    assert found("경기도 파주시") == ["gyeonggi-north"]


def test_a_town_is_not_taken_for_one_of_the_same_name_in_another_province() -> None:
    assert found("경기도 광주시") == ["gyeonggi-hills"]
    assert "gwangju" in found("광주광역시 광산구")
    assert set(found("광주에 살아요")) == {"gwangju", "gyeonggi-hills"}


def test_too_many_are_cut() -> None:
    assert len(found("경기도")) == MOST
    assert len(centers_for(CENTERS, "노원 양천 부평 의정부 수원 성남 원주 대구")) == MOST


@pytest.mark.parametrize("text", ["", "하나센터 어디예요", "평양에서 왔어요", "중요한 일", "hello", "!!!"])
def test_a_text_that_names_no_place_has_no_center(text: str) -> None:
    assert centers_for(CENTERS, text) == ()


def test_a_name_of_one_letter_is_not_cut_to_it() -> None:
    assert found("중학교에 다녀요") == []


@given(st.text(st.characters(), max_size=200))
def test_any_text_names_only_centers_of_ours_and_not_too_many(text: str) -> None:
    near = centers_for(CENTERS, text)
    assert len(near) <= MOST
    assert set(map(id, near)) <= set(map(id, CENTERS.values()))


@given(st.sampled_from(sorted(CENTERS)), st.text(st.sampled_from("어디예요 하나센터?"), max_size=20))
def test_each_center_is_found_by_each_of_its_places(id_: str, rest: str) -> None:
    for place in CENTERS[id_].covers:
        assert CENTERS[id_] in centers_for(CENTERS, f"{place} {rest}")


# --- shared positions --------------------------------------------------------------------------------------------

SPOKEN = (Language.KO, Language.EN)
SEOUL, BUSAN, TOKYO = (37.5665, 126.978), (35.18, 129.08), (35.68, 139.69)


def shown_centers(reply: Reply) -> list[str]:
    """Return the centres to choose from."""
    return [button.action.target for button in buttons(reply) if button.action.verb is Verb.CENTER]


def text_of(reply: Reply) -> str:
    return "\n".join(line for block in reply.blocks for line in (block.heading, *block.lines))


@pytest.mark.parametrize(
    ("position", "region"),
    [
        (SEOUL, "서울특별시"),
        (BUSAN, "부산광역시"),
        ((33.5, 126.53), "제주특별자치도"),
        ((36.48, 127.289), "세종특별자치시"),
        ((37.263, 127.028), "경기도"),
        ((37.456, 126.705), "인천광역시"),
        ((37.88, 127.73), "강원특별자치도"),
        ((35.16, 126.85), "광주광역시"),
        ((37.484, 130.905), "경상북도"),
    ],
)
def test_a_position_lies_in_its_province(knowledge: Knowledge, position: tuple[float, float], region: str) -> None:
    place = nearest(knowledge.places, *position)
    assert place is not None
    assert place.region.ko == region


def test_every_place_is_nearest_to_its_own_points(knowledge: Knowledge) -> None:
    for place in knowledge.places:
        for point in place.points:
            latitude, longitude = map(float, point.split())
            assert nearest(knowledge.places, latitude, longitude) == place


@pytest.mark.parametrize(
    "position",
    [TOKYO, (0, 0), (39.03, 125.75), (-37.5, 127), (37.5, -127), (90, 0), (math.nan, math.nan), (math.nan, 127),
     (37.5, math.nan)],
)  # fmt: skip
def test_a_position_far_away_or_none_at_all_is_no_place_and_asks_for_the_region(
    opener: Opener, position: tuple[float, float]
) -> None:
    assert nearest(opener.knowledge.places, *position) is None
    for language in SPOKEN:
        reply = opener.centers_near(*position, language)
        first = opener.knowledge.phrases[language].center_far
        whole = opener.open(Action(Verb.CENTERS, language))
        assert whole is not None
        assert reply.blocks[0].lines == (first, *whole.blocks[0].lines)
        assert reply.buttons == whole.buttons


@pytest.mark.parametrize("position", [(math.inf, 127), (37.5, -math.inf)])
def test_an_infinite_position_is_no_place(knowledge: Knowledge, position: tuple[float, float]) -> None:
    assert nearest(knowledge.places, *position) is None


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_no_position_is_given_a_place_that_is_far(knowledge: Knowledge, latitude: float, longitude: float) -> None:
    """By the law of cosines, where the bot uses the haversine; a kilometre aside."""
    distances = []
    for place in knowledge.places:
        for point in place.points:
            north, east = map(math.radians, map(float, point.split()))
            own_north, own_east = math.radians(latitude), math.radians(longitude)
            cosine = math.sin(north) * math.sin(own_north)
            cosine += math.cos(north) * math.cos(own_north) * math.cos(east - own_east)
            distances.append(6371 * math.acos(max(-1.0, min(1.0, cosine))))
    found = nearest(knowledge.places, latitude, longitude)
    if min(distances) < FARTHEST - 1:
        assert found is not None
    if min(distances) > FARTHEST + 1:
        assert found is None


def test_without_places_there_is_none() -> None:
    assert nearest((), *SEOUL) is None


def test_of_a_position_the_place_is_said_and_that_it_was_not_kept(opener: Opener) -> None:
    for language in SPOKEN:
        reply = opener.centers_near(*BUSAN, language)
        region = said(opener.knowledge.centers["busan"].region, language)
        assert region in reply.blocks[0].lines[0]
        assert ("not kept" if language is Language.EN else "남기지 않았습니다") in reply.blocks[0].lines[0]
        assert said(opener.knowledge.centers["busan"].name, language) in text_of(reply)
        assert not any(digits in text_of(reply) for digits in ("35.18", "129.08"))
    assert len(shown_centers(opener.centers_near(*SEOUL, Language.KO))) == 4


def test_every_place_leads_to_a_center(knowledge: Knowledge) -> None:
    for place in knowledge.places:
        assert centers_of(knowledge.centers, f"{place.region.ko} {place.name.ko}", knowledge.places), place.name.ko


ELSEWHERE = {"세종특별자치시 세종시": {"대전광역시"}, "경상북도 경산시": {"대구광역시", "경상북도"}}
"""Places that a centre of another province covers."""


def test_a_place_with_its_province_leads_to_no_center_of_another_province(knowledge: Knowledge) -> None:
    wrong: dict[str, set[str]] = {}
    for place in knowledge.places:
        name = f"{place.region.ko} {place.name.ko}"
        ids = centers_of(knowledge.centers, name, knowledge.places)
        others = {knowledge.centers[id_].region.ko for id_ in ids} - ELSEWHERE.get(name, {place.region.ko})
        wrong |= {name: others} if others else {}
    assert wrong == {}


# --- places named ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("부산 사상구", True), ("수원", True), ("수원 하나센터", True), ("Suwon Hana Center", True), ("서울", True),
        ("경기도 수원시에 살아요", True), ("노원구 근처", True), ("near Busan", True), ("부산하나센터", True),
        ("수원에서 일자리", False), ("하나센터", False), ("", False), ("부산 하나센터 전화번호 알려줘", False),
        ("수원에서 죽고 싶어요", False), ("평양", False), ("Hana Center", False), ("부산 " * 50, False),
        ("서울에서 집을 구하고 싶어요", False), ("저는 평택에 삽니다", True), ("대구입니다", True),
        ("사상구예요", True), ("Dong", False),
        ("부산 사상구 주례동", True), ("수원 권선구", True), ("화성시에서 살고 있습니다", True), ("음성", False),
        ("예산은요", False), ("인제요", False), ("예산군", True), ("충남 예산", True), ("예산 하나센터", True),
        ("수원 운동", False), ("how do I get from Busan to Seoul", False), ("!?", False),
    ],
)  # fmt: skip
def test_a_text_that_says_only_where_somebody_lives_is_told_from_a_question(
    knowledge: Knowledge, text: str, only: bool
) -> None:
    names = names_of_places(knowledge.centers, knowledge.places)
    assert says_only_where(names, doubtful_names(knowledge.places), text) is only


def test_the_name_of_every_place_says_only_where(knowledge: Knowledge) -> None:
    names = names_of_places(knowledge.centers, knowledge.places)
    for place in knowledge.places:
        assert says_only_where(names, frozenset(), f"{place.region.ko} {place.name.ko}"), place.name.ko
        assert says_only_where(names, frozenset(), place.name.en), place.name.en


@given(st.text(max_size=100))
def test_any_text_can_be_asked_whether_it_says_only_where(knowledge: Knowledge, text: str) -> None:
    names = names_of_places(knowledge.centers, knowledge.places)
    assert says_only_where(names, frozenset(), text) in (True, False)
    assert not says_only_where(names, frozenset(), f"{text} 어떻게 해야 하나")


def test_a_town_that_no_center_names_has_those_of_its_province(opener: Opener, knowledge: Knowledge) -> None:
    gyeonggi = [id_ for id_, center in knowledge.centers.items() if center.region.ko == "경기도"]
    assert len(gyeonggi) == 6
    for text in ("수원", "수원시 하나센터", "Suwon"):
        for language in SPOKEN:
            assert shown_centers(opener.centers_named(text, language)) == gyeonggi


def test_a_district_of_several_cities_has_the_centers_of_all(opener: Opener, knowledge: Knowledge) -> None:
    regions = {place.region.ko for place in places_named(knowledge.places, "강서구")}
    assert regions == {"서울특별시", "부산광역시"}
    found = {knowledge.centers[id_].region.ko for id_ in shown_centers(opener.centers_named("강서구", Language.KO))}
    assert found == regions


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("text", ["평양", "", "!!!", "Atlantis", "\0"])
def test_a_name_that_is_not_known_asks_for_the_region_and_says_so(
    opener: Opener, language: Language, text: str
) -> None:
    reply = opener.centers_named(text, language)
    assert reply.blocks[0].lines[0] == opener.knowledge.phrases[language].center_not_found
    assert Verb.CENTERS in {button.action.verb for button in buttons(reply)}


def test_a_place_with_one_center_shows_its_card_at_once(opener: Opener) -> None:
    assert opener.centers_named("부산 사상구", Language.KO) == opener.open(Action(Verb.CENTER, Language.KO, "busan"))


# --- numbers of centres ------------------------------------------------------------------------------------------

NUMBER = "051-123-4567"


def with_number(knowledge: Knowledge, review_by: date) -> Opener:
    """Return an opener over the knowledge with a confirmed number of one centre, to be checked again by that day."""
    busan = knowledge.centers["busan"].model_copy(update={"number": NUMBER, "review_by": review_by})
    return opener_for(replace(knowledge, centers={**knowledge.centers, "busan": busan}), lambda: TODAY)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_confirmed_number_is_shown_until_the_day_on_which_it_must_be_checked(
    knowledge: Knowledge, language: Language
) -> None:
    phrases = knowledge.phrases[language]
    for review_by, shown in ((TODAY, True), (TODAY + timedelta(1), True), (TODAY - timedelta(1), False)):
        opener = with_number(knowledge, review_by)
        for reply in (
            opener.open(Action(Verb.CENTER, language, "busan")),
            opener.open(Action(Verb.CENTERS, language, "busan")),
            opener.centers_named("부산 사상구", language),
            opener.centers_near(*BUSAN, language),
        ):
            assert reply is not None
            assert (NUMBER in text_of(reply)) is shown
            assert (phrases.center_unconfirmed in text_of(reply)) is not shown
            assert (phrases.center_overdue in text_of(reply)) is not shown


@pytest.mark.parametrize("language", SPOKEN)
def test_every_center_without_a_number_says_so_and_names_the_number_that_knows(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    for id_, each in knowledge.centers.items():
        reply = opener.open(Action(Verb.CENTER, language, id_))
        assert reply is not None
        assert (knowledge.phrases[language].center_unconfirmed in text_of(reply)) is (each.number is None)
        (contacts,) = (block for block in reply.blocks if block.part is Part.CONTACTS)
        assert knowledge.contacts["hana-call-centre"].number in "".join(contacts.lines)
