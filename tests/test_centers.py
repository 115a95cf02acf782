"""Which Hana Center looks after the place that a text names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.centers import MOST, centers_for
from bot.core.knowledge.models import Both, Center


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
