"""A newcomer goes every way there is, against the real process and the strict Bot API server: nothing is refused."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from botapi.server import BotApiServer
from newcomer import PATIENCE, Newcomer, environment_with, running

from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language
from bot.core.opening import COMMANDS

DAY = 24 * 60 * 60
CHATS = iter(range(30_001, 40_000))


@pytest.fixture(scope="module")
def street(data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BotApiServer, Path]]:
    """Return a server with the bot running against it, and the folder with its log and its database."""
    folder = tmp_path_factory.mktemp("street")
    with BotApiServer() as server, running(server, environment_with(data_folder, folder), folder / "log"):
        yield server, folder


@pytest.fixture
def anna(street: tuple[BotApiServer, Path]) -> Newcomer:
    return Newcomer(street[0], next(CHATS))


@pytest.fixture
def ben(street: tuple[BotApiServer, Path]) -> Newcomer:
    return Newcomer(street[0], next(CHATS), "en")


def test_who_does_not_know_what_to_ask_reaches_a_card_in_three_taps_and_finds_every_way_back(anna: Newcomer) -> None:
    anna.says("/start")
    steps = [
        anna.presses("무엇을 물어야 할지 모르겠어요")[-1],
        anna.presses("첫 한 달")[-1],
        anna.presses("정착 지원")[-1],
    ]
    card = anna.presses_kind("q:ko:first-weeks.support.hana-find")[-1]
    assert "1577-6635" in card.text
    for step in reversed(steps):
        assert anna.presses("‹ 뒤로")[-1].text == step.text
    assert "고르세요" in anna.presses("‹ 뒤로")[-1].text
    assert len(anna.shown) == 1, "it all happened in one message"


def test_the_menu_has_pages_where_a_part_of_life_is_large(anna: Newcomer) -> None:
    anna.says("/menu")
    first = anna.presses("일자리")[-1]
    second = anna.presses("2쪽")[-1]
    assert set(first.data) & set(second.data) <= {"m:ko:"}
    anna.presses_kind("l:ko:")
    assert anna.presses("‹ 뒤로")[-1].data == second.data, "back to the page the card stood on"


def counted(folder: Path, query: str, rows_wanted: int = 1) -> list[tuple[object, ...]]:
    """Return what was counted; the bot writes it a moment after the answer, each second what there is."""
    for _ in range(40):
        with closing(sqlite3.connect(folder / "counters.sqlite3")) as connection:
            rows = connection.execute(query).fetchall()
        if len(rows) >= rows_wanted:
            break
        time.sleep(0.25)
    return rows


@pytest.mark.parametrize("code", ["ko", "en"])
def test_every_entry_opens_in_both_languages(
    street: tuple[BotApiServer, Path], knowledge: Knowledge, code: str
) -> None:
    other = Language(code).other
    for number, id_ in enumerate([*knowledge.entries, *knowledge.urgent.kinds]):
        if number % 10 == 0:  # nobody opens more at once
            person = Newcomer(street[0], next(CHATS), code)
            person.says("/menu")
        message = person.shown[-1]
        update = street[0].press(person.chat, message.message_id, f"l:{code}:{id_}", shown=False)
        street[0].wait_for(lambda server, update=update: server.acknowledged(update), timeout=PATIENCE)  # type: ignore[misc]
        turned = person.presses_kind(f"l:{other}:{id_}")[-1]
        entry = knowledge.entries.get(id_)
        title = (entry.content if entry else knowledge.urgent.kinds[id_]).title
        assert entry is None or turned.text.startswith(title.en if other is Language.EN else title.ko)
        assert len(person.shown) == 1


def test_below_a_card_stand_all_that_can_be_done_with_it(anna: Newcomer) -> None:
    card = anna.says("월급을 두 달째 못 받았어요")[-1]
    labels = [label for row in card.buttons for label, _ in row]
    for label in ("창구에서 보여 줄 글", "전화로 할 말", "이 답의 말 풀이", "사람에게 묻기(전화)", "도움이 됐어요",
                  "도움이 안 됐어요", "전체 목록", "English"):  # fmt: skip
        assert label in labels
    for label in (each for each in labels[:-1] if each != "도움이 됐어요"):  # the second answer goes with the first
        assert anna.presses(label, on=card), label
    assert [sent.text for sent in anna.shown if sent.message_id == card.message_id] == [card.text], "the card stayed"


def test_what_is_held_up_is_one_clean_message(anna: Newcomer, knowledge: Knowledge) -> None:
    card = anna.says("월급을 두 달째 못 받았어요")[-1]
    entry = knowledge.entries["work-unpaid"].content
    assert entry.show
    assert entry.call
    held_up = anna.presses("창구에서 보여 줄 글", on=card)[-1]
    assert (held_up.text, held_up.raw) == (entry.show.ko, entry.show.ko)
    assert anna.presses("전화로 할 말", on=card)[-1].text == entry.call.ko
    assert anna.presses("English", on=held_up)[-1].text.startswith(entry.show.ko)


def test_a_text_that_tells_the_origin_is_announced_before_it_is_shown(anna: Newcomer) -> None:
    card = anna.says("취업장려금 어떻게 받아요")[-1]
    data = next(data for data in card.data if data.startswith("k+:"))
    update = anna.server.press(anna.chat, card.message_id, data)
    anna.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
    text, alert = anna.server.told(update)
    assert alert
    assert "드러납니다" in text


def test_what_did_not_help_is_told_with_two_taps_and_counted_without_a_person(
    anna: Newcomer, street: tuple[BotApiServer, Path]
) -> None:
    card = anna.says("이력서 쓰는 법 알려주세요")[-1]
    asked = anna.presses("도움이 안 됐어요", on=card)[0]
    assert len(asked.buttons) == 5
    assert "What was not right" in anna.presses("English", on=asked)[-1].text
    anna.presses("한국어")
    assert "말 풀이" in str(anna.presses("말이 어려워요")[-1].buttons)
    now = next(sent for sent in anna.shown if sent.message_id == card.message_id)
    assert not [data for data in now.data if data.startswith("f+:")], "said once, the question goes"
    rows = counted(street[1], "SELECT felt, language, times FROM felt WHERE entry = 'work-resume' ORDER BY felt", 2)
    assert rows == [("too-hard", "ko", 1), ("unhelpful", "ko", 1)]


def test_words_are_explained_in_both_directions_and_the_nearest_spelling_is_offered(anna: Newcomer) -> None:
    assert "월급" in anna.says("로임을 여기서는 뭐라고 해요")[-1].text
    assert "로임" in anna.says("/word 월급")[-1].text
    assert "로임" in anna.says(f"/WORD@{anna.server.username}\n월급")[-1].text
    assert "뭐예요" in anna.says("/word")[-1].text
    near = anna.says("/word 알봐")[-1]
    assert "혹시 이 말인가요" in near.text
    meaning = anna.presses("알바", on=near)[-1]
    assert meaning.message_id == near.message_id
    assert "시간" in meaning.text
    assert "목록에 없습니다" in anna.says("/word 꿹뛟쌻훍")[-1].text


def test_a_center_is_found_by_buttons_by_name_and_by_position(anna: Newcomer) -> None:
    anna.says("/center")
    assert "경기남부하나센터" in anna.presses("경기도")[-1].text
    card = anna.presses("경기남부하나센터")[-1]
    assert "확인하지 못했습니다" in card.text
    assert "1577-6635" in card.text
    assert "부산하나센터" in anna.says("/center 부산 사상구")[-1].text
    assert "제주하나센터" in anna.says("제주도")[-1].text
    here = anna.does(lambda: anna.server.location(anna.chat, latitude=33.45, longitude=126.55))
    assert "제주" in here[-1].text
    assert "남기지 않았습니다" in here[-1].text
    away = anna.does(lambda: anna.server.location(anna.chat, latitude=35.68, longitude=139.69))
    assert "찾지 못했습니다" in away[-1].text
    assert "경기도" in str(away[-1].buttons)


def test_a_place_that_moves_is_answered_once(anna: Newcomer) -> None:
    update = anna.server.location(anna.chat, latitude=37.5, longitude=127.0, live=True)
    anna.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
    message = anna.server.message_id_of(update)
    assert len(anna.shown) == 1
    assert anna.does(lambda: anna.server.move(anna.chat, message, 37.51, 127.01)) == []


def test_an_offer_is_checked_by_ticks_and_by_words(anna: Newcomer) -> None:
    anna.says("/check")
    ticks = [label for row in anna.shown[-1].buttons for label, _ in row]
    for label in ticks[:3]:
        anna.presses(label)
    assert "[들었음]" in str(anna.shown[-1].buttons)
    anna.presses(f"[들었음] {ticks[0]}")
    verdict = anna.presses("결과 보기 (2개)")[-1]
    assert verdict.text.startswith("위험 신호 2개")
    assert "1394" in verdict.text
    anna.presses("고른 것 바꾸기")
    told = anna.says("/check 아는 언니가 통장 빌려주면 매달 돈 준대요. 아무한테도 말하지 말래요")[-1]
    assert "위험 신호" in told.text
    assert anna.says("통장을 빌려주면 돈을 준다는데 누구한테도 비밀로 하랍니다")[-1].text.startswith("위험 신호")
    assert anna.says("/check 점심에 국수를 먹었어요")[-1].text.startswith("안전한지 저는 알 수 없습니다")


def test_cards_for_another_chat_are_found_in_the_language_of_the_words(ben: Newcomer) -> None:
    def found(words: str) -> list[str]:
        update = ben.server.inline(ben.chat, words, language_code=ben.language)
        ben.server.wait_for(lambda server: server.inline_answer(update), timeout=PATIENCE)
        answer = ben.server.inline_answer(update)
        assert answer is not None
        assert len(answer.results) <= 10
        assert all(each.title and each.description and each.text for each in answer.results)
        assert answer.is_personal is (not words)
        return [each.title for each in answer.results]

    assert found("면허")[0] == "운전면허 따는 순서"
    assert found("driving licence")[0] == "How to get a driving licence"
    assert found("그만 살고 싶슴다")[0].startswith("109")
    assert "How to get a driving licence" not in found("면허")
    assert all(title.isascii() or "’" in title for title in found("")), "suggested in the language of the Telegram"
    assert len(found("x" * 256)) <= 10


def test_a_chinese_question_is_answered_in_korean_with_a_chinese_word_and_the_english_button(anna: Newcomer) -> None:
    for text in ("怎么考驾照", "在韩国怎么办银行卡", "量子力学的测量问题怎么解释"):
        reply = anna.says(text)[-1]
        assert "English" in [label for row in reply.buttons for label, _ in row]
        assert "中文" in reply.text
    assert anna.presses("English")


def test_a_chat_is_cleared_as_far_as_telegram_allows(anna: Newcomer) -> None:
    for text in ("면허 어떻게 따요", "오늘 날씨 어때"):
        anna.says(text)
    anna.server.age(anna.chat, 3 * DAY)
    old = anna.server.history(anna.chat)
    for _ in range(3):
        anna.says("이력서 쓰는 법 알려주세요")
    anna.says("/clear")
    left = anna.server.history(anna.chat)
    assert left[: len(old)] == old, "older than two days: Telegram keeps them"
    assert [sent.message_id for sent in anna.shown][len(old) // 2 :] == left[len(old) :]
    assert len(left) == len(old) + 1
    assert "48시간" in anna.shown[-1].text


def test_clearing_a_young_chat_leaves_nothing_but_the_note(anna: Newcomer) -> None:
    for _ in range(2):
        anna.says("이력서 쓰는 법 알려주세요")
    anna.says("/privacy")
    anna.presses("이틀 치 글 지우기")
    assert len(anna.server.history(anna.chat)) == 1
    anna.says("지우기")
    assert len(anna.server.history(anna.chat)) == 1
    assert "지웁니다" in anna.shown[-1].text


def test_a_group_is_never_cleared(street: tuple[BotApiServer, Path]) -> None:
    server, _ = street
    group = Newcomer(server, -next(CHATS))
    shown = group.does(lambda: server.say(group.chat, f"/clear@{server.username}", chat_type="group"))
    assert "둘이 이야기하는 방" in shown[-1].text
    assert not [call for call in server.calls_of("deleteMessages") if call.params["chat_id"] == group.chat]


def test_my_data_tells_the_version_and_the_fingerprint_of_the_knowledge(anna: Newcomer, knowledge: Knowledge) -> None:
    text = anna.says("내 정보")[-1].text
    assert text.startswith("이 봇에 남은 내 정보: 없습니다")
    assert knowledge.checksum[:12] in text
    assert "내용 확인 번호" in anna.says("/mydata")[-1].text


def test_the_same_tap_twice_is_one_tap(anna: Newcomer) -> None:
    card = anna.says("면허 어떻게 따요")[-1]
    data = next(data for data in card.data if data.startswith("e+:"))
    before = len(anna.shown)
    updates = [anna.server.press(anna.chat, card.message_id, data) for _ in range(3)]
    anna.server.wait_for(lambda server: all(map(server.acknowledged, updates)), timeout=PATIENCE)
    assert len(anna.shown) == before + 1
    assert all(map(anna.server.answered, updates)), "none of the presses is left waiting"


def test_a_button_of_an_entry_that_is_gone_leads_to_the_menu(anna: Newcomer) -> None:
    message = anna.says("/menu")[-1]
    for data in ("l:ko:an-entry-that-was", "q:ko:was.was.was", "rubbish", "s:xx:", "r:ko:", "o:ko:was.gone"):
        shown = anna.does(lambda data=data: anna.server.press(anna.chat, message.message_id, data, shown=False))  # type: ignore[misc]
        assert shown[-1].buttons, data


def test_an_answer_that_comes_late_says_so_once(anna: Newcomer) -> None:
    late = anna.does(lambda: anna.server.say(anna.chat, "면허 어떻게 따요", ago=3600))
    assert "늦게 답해 미안합니다" in late[-1].text
    again = anna.does(lambda: anna.server.say(anna.chat, "이력서 쓰는 법 알려주세요", ago=3500))
    assert "늦게 답해" not in again[-1].text
    assert "늦게 답해" not in Newcomer(anna.server, next(CHATS)).says("면허 어떻게 따요")[-1].text


def test_writing_is_shown_only_when_an_answer_takes_time(anna: Newcomer) -> None:
    def typing() -> int:
        return len([c for c in anna.server.calls_of("sendChatAction") if c.params["chat_id"] == anna.chat])

    anna.says("면허 어떻게 따요")
    assert typing() == 0
    anna.server.delay("sendMessage", 3)
    anna.says("이력서 쓰는 법 알려주세요")
    anna.server.delay("sendMessage", 0)
    assert typing() == 1


@pytest.mark.parametrize("command", list(COMMANDS))
def test_each_command_answers_in_the_language_of_the_telegram(anna: Newcomer, ben: Newcomer, command: str) -> None:
    korean, english = anna.says(f"/{command}")[-1].text, ben.says(f"/{command}")[-1].text
    assert korean != english
    assert any("가" <= letter <= "힣" for letter in korean)


def test_the_command_lists_are_set_in_both_languages(street: tuple[BotApiServer, Path], knowledge: Knowledge) -> None:
    profile = street[0].state.profile
    for language, code in ((Language.KO, ""), (Language.EN, "en")):
        phrases = knowledge.phrases[language]
        (commands,) = [value for (name, each), value in profile.items() if name.startswith("commands") and each == code]
        assert [(c["command"], c["description"]) for c in commands] == [(n, phrases.commands[n]) for n in COMMANDS]
        assert profile["description", code] == phrases.description


def test_nothing_of_all_this_was_refused_and_no_trace_of_anybody_is_left(street: tuple[BotApiServer, Path]) -> None:
    server, folder = street
    Newcomer(server, next(CHATS)).says("면허 어떻게 따요")
    halving = ("deleteMessages", 400, "Bad Request: message can't be deleted")  # the first that is too old is found so
    assert [each for each in server.refused if each != halving] == []
    written = b"".join(path.read_bytes() for path in folder.iterdir() if path.name != "weights.npz")
    for secret in ("12345:TEST", "Testname", "testuser", "3000", "37.5", "126.5", "월급", "사상구", "통장"):
        assert secret.encode() not in written, secret


@pytest.mark.parametrize(
    "text", ["/help.도와주세요", "/check:죽고싶어요", "/help?", "/start,", "/clear!", "/word, 알바", "/menu\u200b"]
)
def test_a_command_ends_where_telegram_ends_it(anna: Newcomer, text: str) -> None:
    shown = anna.says(text)[-1].text
    assert "문제가 생겼습니다" not in shown
    assert shown.startswith("109") is ("죽고" in text)


def test_a_card_dropped_into_the_bots_own_chat_is_no_question(anna: Newcomer) -> None:
    anna.says("/help")
    state = anna.server.state
    dropped = {"message_id": state.new_message_id(), "date": int(time.time()), "text": "이야기를 들어 줄 곳",
               "chat": state.chats[anna.chat], "via_bot": state.bot,
               "from": {"id": anna.chat, "is_bot": False, "first_name": "Testname"}}  # fmt: skip
    assert anna.does(lambda: anna.server.send_update("message", dropped)) == []


def test_a_warning_that_cannot_be_an_alert_comes_as_a_message_before(anna: Newcomer) -> None:
    card = anna.says("취업장려금 어떻게 받아요")[-1]
    data = next(data for data in card.data if data.startswith("k+:"))
    anna.server.fail_next("answerCallbackQuery", 400, "Bad Request: query is too old", 1)
    warning, text = anna.presses_data(card, data)
    assert "드러납니다" in warning.text
    assert "취업장려금" in text.text


def test_in_a_group_a_question_that_was_deleted_is_answered_all_the_same(street: tuple[BotApiServer, Path]) -> None:
    server, _ = street
    group = Newcomer(server, -next(CHATS))

    def asked_and_gone() -> int:
        with server.state.changing():
            update = server.say(group.chat, f"@{server.username} 면허 어떻게 따요", chat_type="supergroup")
            del server.state.messages[group.chat, server.message_id_of(update)]
        return update

    assert "운전면허" in group.does(asked_and_gone)[-1].text


def test_what_helped_is_counted_once_though_the_buttons_come_back(
    anna: Newcomer, street: tuple[BotApiServer, Path]
) -> None:
    card = anna.says("통장 어떻게 만들어요")[-1]
    for label in ("도움이 됐어요", "English", "This helped"):
        anna.presses(label, on=next(sent for sent in anna.shown if sent.message_id == card.message_id))
    assert counted(street[1], "SELECT times FROM felt WHERE entry = 'bank-account'") == [(1,)]


def test_a_chat_that_could_not_be_cleared_is_told_so(anna: Newcomer) -> None:
    anna.says("/help")
    anna.server.fail_next("deleteMessages", 400, "Bad Request: message can't be deleted", 20)
    anna.says("/clear")
    assert "다 지우지 못했습니다" in anna.shown[-1].text
    anna.server.state.failures.pop("deleteMessages", None)


def test_an_update_that_cannot_be_read_is_skipped_and_not_told(data_folder: Path, tmp_path: Path) -> None:
    with (
        BotApiServer() as server,
        running(server, environment_with(data_folder, tmp_path), tmp_path / "log") as process,
    ):
        anna = Newcomer(server, next(CHATS))
        anna.says("/help")
        broken = {"message_id": 7, "date": 0, "chat": {"id": anna.chat, "type": "private"}, "text": "비밀열쇠말",
                  "from": {"id": anna.chat, "is_bot": False}}  # fmt: skip
        server.send_update("message", broken)
        assert "운전면허" in anna.says("면허 어떻게 따요")[-1].text
        assert process.poll() is None
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "skipped" in log
    assert "비밀열쇠말" not in log


def test_telegrams_wait_before_setting_a_description_does_not_hold_back_answers(
    data_folder: Path, tmp_path: Path
) -> None:
    with BotApiServer() as server:
        server.fail_next("setMyDescription", 429, "Too Many Requests: retry after 40", 1, retry_after=40)
        begun = time.monotonic()
        with running(server, environment_with(data_folder, tmp_path), tmp_path / "log"):
            assert "운전면허" in Newcomer(server, next(CHATS)).says("면허 어떻게 따요")[-1].text
        assert time.monotonic() - begun < 25


def test_a_bot_started_again_does_not_set_what_is_set_and_a_telling_name_is_warned_of(
    data_folder: Path, tmp_path: Path
) -> None:
    with BotApiServer() as server:
        environment = environment_with(data_folder, tmp_path)
        for start in range(2):
            if start == 1:
                server.state.bot["first_name"] = "탈북민 도우미"
            with running(server, environment, tmp_path / "log"):
                person = Newcomer(server, next(CHATS))
                person.says("/help")
                assert len(server.calls_of("getMyShortDescription")) == 2 * (start + 1)
        assert len(server.calls_of("setMyCommands")) == 2
        assert len(server.calls_of("setMyDescription")) == 2
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert log.count("봇 이름이") == 1


def test_a_message_too_old_to_be_changed_is_answered_below(data_folder: Path, tmp_path: Path) -> None:
    with BotApiServer() as server, running(server, environment_with(data_folder, tmp_path), tmp_path / "log"):
        anna = Newcomer(server, next(CHATS))
        anna.says("/menu")
        gone = anna.does(lambda: server.press(anna.chat, 99, "c:ko:work", shown=False, too_old=True))
        assert "일자리" in gone[-1].text


def test_a_long_row_of_many_answers_is_bearable(anna: Newcomer) -> None:
    begun = time.monotonic()
    updates = [anna.server.say(anna.chat, "면허 어떻게 따요") for _ in range(20)]
    anna.server.wait_for(lambda server: all(map(server.acknowledged, updates)), timeout=PATIENCE)
    assert time.monotonic() - begun < PATIENCE
