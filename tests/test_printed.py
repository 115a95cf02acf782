"""The sheet with the code and the book in one file: whole, in both languages, needing nothing from elsewhere."""

import re
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY
from pages import Read
from test_command_line import bot

from bot.core.building import in_a_book, opener_for
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language
from bot.web import running
from bot.web.codes import BadAddress, svg_of

ADDRESS = "https://gil.example.org/"


@pytest.fixture(scope="module")
def written(knowledge: Knowledge) -> str:
    return running.book(opener_for(in_a_book(knowledge), lambda: TODAY))


def test_the_book_has_every_card_in_both_languages_and_every_way_in_it_leads_somewhere(
    written: str, knowledge: Knowledge
) -> None:
    read = Read(written)
    anchors = [named["id"] for _, named in read.tags if "id" in named]
    assert len(anchors) == len(set(anchors))
    for language in Language.KO, Language.EN:
        for id_ in (*knowledge.entries, *knowledge.urgent.kinds):
            assert (f"{language}-card-{id_}" in anchors) == (id_ not in ("bot-about", "bot-privacy")), id_
        for concept in knowledge.concepts:
            assert f"{language}-concept-{concept.id}" in anchors
    assert {each.removeprefix("#") for each in read.links if each.startswith("#")} <= set(anchors)
    assert {each.split(":")[0] for each in read.links if not each.startswith("#")} == {"tel"}


def test_the_book_needs_nothing_from_elsewhere_and_can_run_nothing(written: str) -> None:
    read = Read(written)
    assert read.all("script") == []
    assert not [tag for tag, named in read.tags if "src" in named or tag == "link"]
    (policy,) = (each["content"] for each in read.all("meta") if "http-equiv" in each)
    assert policy.startswith("default-src 'none'")
    assert "url(" not in written
    assert len(written.encode()) < 2_000_000


def test_the_book_does_not_speak_of_a_chat_or_of_a_page_to_leave(written: str, knowledge: Knowledge) -> None:
    text = Read(written).text
    for language, words in knowledge.web.items():
        kinds = knowledge.urgent.kinds.values()
        assert any(line in getattr(kind.card, language) for kind in kinds for line in words.of_a_chat), "looked for"
        assert not [line for line in (*words.of_a_chat, words.hide, words.leave_button) if line in text]
    assert not re.search(r"\s/(?:clear|menu|word|person|check|center)\b", text)


def test_no_card_of_the_book_leads_to_itself(written: str) -> None:
    for card in re.findall(r'<article id="([^"]+)">(.*?)</article>', written, re.S):
        assert f'href="#{card[0]}"' not in card[1], card[0]


def test_the_book_says_all_that_the_knowledge_says_of_words_and_of_what_to_show(
    written: str, knowledge: Knowledge
) -> None:
    text = Read(written).text
    for word in knowledge.words:
        assert word.ko in text
        assert word.en in text
    for entry in knowledge.entries.values():
        for said in filter(None, (entry.content.show, entry.content.call)):
            assert said.ko in text
            assert said.en in text
    for center in knowledge.centers.values():
        assert center.name.ko in text


def test_korean_in_the_english_part_is_marked_as_korean(written: str, knowledge: Knowledge) -> None:
    english = written[written.index('<section lang="en"') :]
    texts = (each.content.show for each in knowledge.entries.values())
    shown = next(each for each in texts if each and not re.search("['\"&<>]", each.ko + each.en))
    assert f'<p lang="ko">{shown.ko}</p>' in english
    assert f"<p>{shown.en}</p>" in english


def test_the_sheet_says_in_both_languages_what_to_do_and_not_for_whom_it_is(knowledge: Knowledge) -> None:
    read = Read(running.poster(knowledge, ADDRESS))
    for language in Language.KO, Language.EN:
        phrases = knowledge.phrases[language]
        assert knowledge.web[language].poster_title in read.text
        assert not [word for word in (*phrases.telling, *phrases.telling_offices) if word in read.text.casefold()]
    assert read.all("svg")
    assert read.links == {}


def test_a_code_is_an_image_without_script_and_only_of_an_address() -> None:
    assert re.match(r"<svg[^>]*>", svg_of(ADDRESS))
    assert "<script" not in svg_of(f"{ADDRESS}?<script>")
    for wrong in ("", "gil.example.org", "javascript:alert(1)", "https://", "ftp://x.org/", "http://[", "파일"):
        with pytest.raises(BadAddress):
            svg_of(wrong)


def test_both_are_written_by_a_command(tmp_path: Path, environment: dict[str, str]) -> None:
    sheet, book = tmp_path / "sheet.html", tmp_path / "book.html"
    assert bot(["poster", ADDRESS, str(sheet)], environment).returncode == 0
    assert bot(["book", str(book)], environment).returncode == 0
    assert ADDRESS in sheet.read_text(encoding="utf-8")
    assert str(date.today().year) in book.read_text(encoding="utf-8")
    wrong = bot(["poster", "nowhere", str(sheet)], environment)
    assert wrong.returncode == 2
    assert "https://" in wrong.stderr
