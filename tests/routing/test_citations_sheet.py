"""What a blind reader wrote is counted as written, and letters never go into the repository."""

from pathlib import Path

import pytest

from bench.citations import REPOSITORY, count, write


def form(folder: Path, *said: str) -> Path:
    file = folder / "form.csv"
    lines = [f"{number},{word}" for number, word in enumerate(said, 1)]
    file.write_text("\n".join(["number,on point", *lines, ""]), "utf-8-sig")
    return file


def test_yes_and_no_are_counted_and_what_was_not_read_is_told(tmp_path: Path) -> None:
    found = count(form(tmp_path, "yes", "是", "No", "", " y "))
    assert found == {"on point": 3, "not on point": 1, "unread": 1, "share": 0.75}


def test_a_word_that_is_neither_stops_the_count(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="maybe"):
        count(form(tmp_path, "yes", "maybe"))


def test_a_folder_inside_the_repository_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the repository"):
        write(REPOSITORY / "docs", 1, 1)
