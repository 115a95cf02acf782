"""Commits in real repositories: the named files and nothing else, whoever staged what, in any environment."""

import asyncio
import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from bot import versioning
from bot.versioning import NotCommitted, commit
from bot.writing import BadName

ENTRY = "advice/work/work-find.yaml"
OTHER = "contacts.yaml"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the settings of whoever runs the tests away from git."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a repository that holds a knowledge folder and something else, with one commit."""
    top = tmp_path / "repository"
    write(top / "knowledge", ENTRY, "title: 일자리 찾기\n")
    write(top / "knowledge", OTHER, "[]\n")
    write(top, "README.md", "read me\n")
    git(top, "init", "--quiet", "--initial-branch=main")
    git(top, "add", ".")
    git(top, "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "-m", "old")
    return top


@pytest.fixture
def folder(top: Path) -> Path:
    return top / "knowledge"


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def git(folder: Path, *words: str) -> str:
    ran = subprocess.run(
        ["git", "-C", str(folder), "-c", "core.quotePath=false", *words], check=True, capture_output=True
    )
    return ran.stdout.decode()


def committed(folder: Path, *names: str, message: str = "고쳤습니다") -> list[str]:
    """Commit, and return what the newest commit changed."""
    asyncio.run(commit(folder, names, message))
    return newest(folder)


def newest(folder: Path) -> list[str]:
    return sorted(git(folder, "show", "--no-renames", "--name-status", "--format=").split("\n")[:-1])


def commits(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "HEAD"))


def staged(folder: Path) -> list[str]:
    return git(folder, "diff", "--cached", "--name-only").split("\n")[:-1]


# --- what is committed -------------------------------------------------------------------------------------------


def test_edited_new_and_removed_files_are_one_commit_by_the_bot(folder: Path) -> None:
    write(folder, ENTRY, "title: 일\n")
    write(folder, "advice/new/new-one.yaml", "title: 새것\n")
    (folder / OTHER).unlink()
    changed = committed(folder, ENTRY, OTHER, "advice/new/new-one.yaml", message="# 일자리: 첫 줄\n\n둘째 줄")
    assert changed == [
        "A\tknowledge/advice/new/new-one.yaml", "D\tknowledge/contacts.yaml", "M\tknowledge/advice/work/work-find.yaml",
    ]  # fmt: skip
    assert git(folder, "log", "-1", "--format=%an <%ae>|%cn <%ce>|%B").strip() == (
        "길동무 <bot@localhost>|길동무 <bot@localhost>|# 일자리: 첫 줄\n\n둘째 줄"
    )
    assert git(folder, "status", "--porcelain") == ""


def test_what_somebody_else_staged_or_left_lying_stays_so(top: Path, folder: Path) -> None:
    write(top, "README.md", "staged by somebody\n")
    write(folder, "words/northern.yaml", "[]\n")
    git(top, "add", ".")
    write(folder, OTHER, "- not staged\n")
    write(folder, ENTRY, "title: 일\n")
    assert committed(folder, ENTRY) == ["M\tknowledge/advice/work/work-find.yaml"]
    assert staged(top) == ["README.md", "knowledge/words/northern.yaml"]
    assert git(top, "diff", "--name-only") == "knowledge/contacts.yaml\n"


def test_another_version_of_the_same_file_that_was_staged_gives_way_to_what_is_live(folder: Path) -> None:
    write(folder, ENTRY, "title: 준비한 것\n")
    git(folder, "add", ".")
    write(folder, ENTRY, "title: 실린 것\n")
    committed(folder, ENTRY)
    assert git(folder, "show", f"HEAD:knowledge/{ENTRY}") == "title: 실린 것\n"
    assert git(folder, "status", "--porcelain") == ""


def test_where_there_is_nothing_to_commit_there_is_no_commit_and_no_error(folder: Path) -> None:
    asyncio.run(commit(folder, [ENTRY], "같은 글"))
    asyncio.run(commit(folder, ["never-there.yaml"], "없던 글"))
    write(folder, OTHER, "- not named\n")
    asyncio.run(commit(folder, [], "이름 없음"))
    assert commits(folder) == 1
    assert staged(folder) == []


def test_a_file_staged_as_new_and_gone_again_is_no_error(folder: Path) -> None:
    write(folder, "new.yaml", "[]\n")
    git(folder, "add", ".")
    (folder / "new.yaml").unlink()
    write(folder, ENTRY, "title: 일\n")
    assert committed(folder, "new.yaml", ENTRY) == ["M\tknowledge/advice/work/work-find.yaml"]


def test_the_first_commit_of_a_repository_and_a_folder_that_is_one(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    write(folder, ENTRY, "title: 일\n")
    write(folder, OTHER, "[]\n")
    git(folder, "init", "--quiet")
    assert committed(folder, ENTRY) == [f"A\t{ENTRY}"]
    assert git(folder, "status", "--porcelain") == f"?? {OTHER}\n"


def test_a_worktree_and_a_folder_behind_a_link_are_repositories_as_well(top: Path, tmp_path: Path) -> None:
    git(top, "worktree", "add", "--quiet", str(tmp_path / "worktree"))
    (tmp_path / "link").symlink_to(tmp_path / "worktree/knowledge")
    write(tmp_path / "link", ENTRY, "title: 일\n")
    assert committed(tmp_path / "link", ENTRY) == ["M\tknowledge/advice/work/work-find.yaml"]


@pytest.mark.parametrize("name", ["../README.md", "*.yaml", ":(top)README.md", "--all", ".", "/etc/passwd"])
def test_a_name_that_is_no_file_of_the_knowledge_is_refused(top: Path, folder: Path, name: str) -> None:
    write(top, "README.md", "edited\n")
    with pytest.raises(BadName):
        asyncio.run(commit(folder, [name], "x"))
    assert commits(folder) == 1


# --- whatever the surroundings -----------------------------------------------------------------------------------


def test_variables_and_settings_from_outside_do_not_mislead(
    folder: Path, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "another", "x.yaml", "x")
    git(tmp_path / "another", "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "another"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "somebody")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    monkeypatch.setenv("EMAIL", "somebody@example.org")
    write(own_home, ".gitconfig", "[user]\nname = Somebody\nemail = s@example.org\n[commit]\ngpgSign = true\n")
    write(folder, ENTRY, "title: 일\n")
    asyncio.run(commit(folder, [ENTRY], "고쳤습니다"))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name)
    assert newest(folder) == ["M\tknowledge/advice/work/work-find.yaml"]
    told = git(folder, "log", "-1", "--format=%an %ae %cn %ce %ad").lower()
    assert "somebody" not in told
    assert "2001" not in told
    assert not (tmp_path / "index").exists()


def test_no_hook_stops_changes_or_delays_a_commit(top: Path, folder: Path, tmp_path: Path) -> None:
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"):
        hook = top / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n", encoding="utf-8")
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    write(folder, ENTRY, "title: 일\n")
    assert committed(folder, ENTRY) == ["M\tknowledge/advice/work/work-find.yaml"]
    assert not (tmp_path / "ran").exists()


# --- what cannot be ----------------------------------------------------------------------------------------------


def why_not(folder: Path, name: str = ENTRY) -> str:
    with pytest.raises(NotCommitted) as refused:
        asyncio.run(commit(folder, [name], "고쳤습니다"))
    told = str(refused.value)
    assert " / Not committed: " in told
    assert any("가" <= letter <= "힣" for letter in told)
    assert str(folder) not in told
    return told


def test_a_folder_in_no_repository_is_told(tmp_path: Path) -> None:
    write(tmp_path / "knowledge", ENTRY, "title: 일\n")
    assert "no git repository" in why_not(tmp_path / "knowledge")
    assert "no git repository" in why_not(tmp_path / "not-there")


def test_a_machine_without_git_is_told(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in why_not(folder)


def test_a_lock_that_stays_is_told_and_one_that_goes_is_waited_for(
    top: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = top / ".git/index.lock"
    lock.touch()
    write(folder, ENTRY, "title: 일\n")

    async def meanwhile() -> None:
        committing = asyncio.create_task(commit(folder, [ENTRY], "고쳤습니다"))
        await asyncio.sleep(0.3)
        lock.unlink()
        await committing

    asyncio.run(meanwhile())
    assert commits(folder) == 2
    monkeypatch.setattr(versioning, "PATIENCE", 0.1)
    lock.touch()
    write(folder, ENTRY, "title: 또\n")
    assert "index.lock" in why_not(folder)
    assert lock.exists(), "it may belong to somebody"


def test_what_git_refuses_is_told(folder: Path) -> None:
    write(folder, ".gitignore", "*.yaml\n")
    write(folder, "new.yaml", "[]\n")
    assert "git status" in why_not(folder, "new.yaml")


def test_a_git_that_does_not_end_is_ended(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "bin/git"
    write(tmp_path / "bin", "git", "#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(versioning, "SECONDS", 0.3)
    began = time.monotonic()
    assert "did not come to an end" in why_not(folder)
    assert time.monotonic() - began < 3
