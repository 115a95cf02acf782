"""The README's transcripts are what the bot says today."""

from pathlib import Path

from newcomer import PROJECT
from walkthrough import BEGIN, END, played


def test_the_readme_tells_what_the_bot_says(data_folder: Path, tmp_path: Path) -> None:
    told = (PROJECT / "README.md").read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert told.strip() == played(data_folder, tmp_path), "renew it: python tests/walkthrough.py --write"
