"""The real command line, as a process: what it prints, how it ends."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from conftest import KNOWLEDGE, PROJECT

Environment = Mapping[str, str]


def bot(
    arguments: Sequence[str], environment: Environment, typed: str = "", folder: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, env=dict(environment), cwd=folder, check=False, timeout=60
    )


def asked(environment: Environment, *texts: str) -> list[dict[str, object]]:
    done = bot(["ask", "--json", *texts], environment)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_prints_one_json_object_a_line_with_outcome_ids_and_scores(environment: Environment) -> None:
    first, second = asked(environment, "면허 어떻게 따요", "오늘 날씨 어때")
    assert first["outcome"] == "answered"
    assert first["ids"][0] == "driving-licence"  # type: ignore[index]
    assert second["outcome"] == "unknown"
    for found in (first, second):
        ids, scores = found["ids"], found["scores"]
        assert isinstance(ids, list)
        assert isinstance(scores, list)
        assert len(ids) == len(scores) <= 5
        assert scores == sorted(scores, reverse=True)


def test_ask_reads_questions_from_standard_input_one_a_line(environment: Environment) -> None:
    done = bot(["ask", "--json"], environment, typed="리력서 쓰는 법 알려주시오\n\nhow do I find a job\n")
    found = [json.loads(line)["ids"][0] for line in done.stdout.splitlines()]
    assert found == ["work-resume", "work-find"]


def test_ask_shows_the_card_as_a_person_reads_it(environment: Environment) -> None:
    done = bot(["ask", "그만 살고 싶슴다"], environment)
    assert done.stdout.lstrip().startswith("109")


def test_without_a_token_the_main_command_talks_in_the_terminal_and_says_so(environment: Environment) -> None:
    done = bot([], environment, typed="면허 어떻게 따요\n/menu\n1\n/quit\n")
    assert done.returncode == 0, done.stderr
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "운전면허" in done.stdout


def test_the_chat_ends_quietly_when_the_input_ends(environment: Environment) -> None:
    done = bot(["chat"], environment, typed="알바가 뭐예요\n")
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_a_cold_question_is_answered_within_two_seconds_once_weights_are_fitted(environment: Environment) -> None:
    before = os.times()
    asked(environment, "면허 어떻게 따요")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < 4.0, "seconds of the processor: the goal is 1.5 s, of a quiet machine"


def test_explain_tells_why_in_a_table_and_as_json(environment: Environment) -> None:
    told = bot(["explain", "면허 어떻게 따요"], environment).stdout
    assert "driving-licence" in told
    assert "앞섬" in told
    found = json.loads(bot(["explain", "--json", "면허 어떻게 따요"], environment).stdout)
    assert found["candidates"][0]["id"] == "driving-licence"
    assert found["outcome"] == "answered"


def test_check_finds_no_problem_in_the_projects_knowledge(environment: Environment) -> None:
    done = bot(["check"], environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_check_lists_every_problem_and_ends_with_one(environment: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    page = folder / "advice" / "driving" / "driving-licence.yaml"
    page.write_text(page.read_text(encoding="utf-8").replace("title:\n", "titel:\n", 1), encoding="utf-8")
    (folder / "people.yaml").write_text("jimin: [", encoding="utf-8")
    done = bot(["check"], {**environment, "KNOWLEDGE_DIR": str(folder)})
    assert done.returncode == 1
    for expected in ("advice/driving/driving-licence.yaml:1 [titel]", "people.yaml:", "한국어", "English"):
        assert expected in done.stdout


def test_schema_prints_a_json_schema_for_each_kind_of_file(environment: Environment) -> None:
    for kind in ("entry", "contacts", "urgent"):
        done = bot(["schema", kind], environment)
        assert json.loads(done.stdout)["type"] == "object"


def test_eval_prints_a_table_and_json(environment: Environment, tmp_path: Path) -> None:
    file = tmp_path / "few.jsonl"
    lines = [
        {"text": "면허 어떻게 따요", "ids": ["driving-licence"], "lang": "ko", "kind": "plain"},
        {"text": "오늘 날씨 어때", "ids": [], "lang": "ko", "kind": "oos"},
        {"text": "그만 살고 싶슴다", "ids": ["crisis-suicide"], "lang": "ko", "kind": "urgent"},
    ]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    table = bot(["eval", str(file)], environment)
    assert "= in scope" in table.stdout
    figures = {
        row["group"]: row for row in json.loads(bot(["eval", "--json", str(file)], environment).stdout)["groups"]
    }
    assert figures["= in scope"]["first"] == 1.0
    assert figures["= oos"]["unknown"] == 1.0
    assert figures["= urgent"]["urgent"] == 1.0


BAD_INPUT: list[tuple[dict[str, str], Sequence[str], str]] = [
    ({"TELEGRAM_BOT_TOKEN": "not a token"}, ["run"], "TELEGRAM_BOT_TOKEN"),
    ({"TELEGRAM_API_BASE_URL": "ftp://somewhere"}, ["run"], "TELEGRAM_API_BASE_URL"),
    ({"LOG_LEVEL": "LOUD"}, ["run"], "LOG_LEVEL"),
    ({"KNOWLEDGE_DIR": "no/such/folder"}, ["ask", "면허"], "folder"),
    ({}, ["eval", "no-such-file.jsonl"], "no-such-file.jsonl"),
    ({}, ["schema", "nothing"], "nothing"),
    ({"WEBHOOK_URL": "http://bot.example.org/"}, ["run"], "WEBHOOK_URL"),
    ({"WEBHOOK_URL": "https://bot.example.org/{anything}"}, ["run"], "WEBHOOK_URL"),
    ({"MONITOR_LISTEN": "9465"}, ["run"], "MONITOR_LISTEN"),
    ({"MESSAGES_PER_SECOND": "many"}, ["run"], "MESSAGES_PER_SECOND"),
]


@pytest.mark.parametrize(("changed", "arguments", "named"), BAD_INPUT)
def test_bad_input_ends_with_one_sentence_that_names_it(
    environment: Environment, changed: dict[str, str], arguments: Sequence[str], named: str
) -> None:
    done = bot(arguments, {**environment, **changed})
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert named in said
    assert "Traceback" not in said
    assert "SECRETKEY" not in said


def test_where_nothing_can_be_reached_it_says_so_and_that_it_may_work_later(environment: Environment) -> None:
    away = {"TELEGRAM_BOT_TOKEN": "1:SECRETKEY", "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9/bot"}
    done = bot(["run"], {**environment, **away})
    assert done.returncode == 75
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert "SECRETKEY" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o600, False)])
def test_a_file_of_settings_that_others_can_read_is_told_of(
    environment: Environment, tmp_path: Path, mode: int, told: bool
) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    (folder / ".env").write_text("TELEGRAM_BOT_TOKEN=1:SECRETKEY\nTELEGRAM_API_BASE_URL=http://127.0.0.1:9/bot\n")
    (folder / ".env").chmod(mode)
    done = bot(["run"], environment, folder=folder)
    assert ("chmod 600 .env" in done.stderr) is told
    assert "SECRETKEY" not in done.stderr


def test_broken_yaml_stops_the_start_with_one_sentence(environment: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    (folder / "contacts.yaml").write_text("a: 1\na: 2\n", encoding="utf-8")
    done = bot(["ask", "면허"], {**environment, "KNOWLEDGE_DIR": str(folder)})
    assert done.returncode == 2
    assert "contacts.yaml:2" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_setting_in_the_env_file_is_named(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=1:x\n", encoding="utf-8")
    done = bot(["ask", "면허"], environment, folder=tmp_path)
    assert done.returncode == 2
    assert "TELEGRAM_TOKEN" in done.stderr
