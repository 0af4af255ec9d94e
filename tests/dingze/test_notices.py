"""Notices by the settings: a folder, a signed webhook, or none; in `dingze serve` and as a process of their own."""

from pathlib import Path

import pytest

from dingze.commands.work import Work, parts_for
from dingze.folders import initialise
from dingze.outside import sinks
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.backends import now
from terms.errors import BadInput


def settings(tmp_path: Path, **more: object) -> Settings:
    """Settings of a fresh database."""
    return Settings(database_url=f"sqlite:///{tmp_path}/x.db", cache=tmp_path / "cache", **more)  # type: ignore[arg-type]


def test_the_notifier_is_a_worker_of_its_own_and_sends_to_the_folder_that_is_set(tmp_path: Path) -> None:
    told = settings(tmp_path, notices_folder=tmp_path / "out")
    initialise(told)
    dingze = Dingze(told)
    (part,), _, close = parts_for(dingze, Work.NOTIFY)
    assert part.name == "notifier" and part.step() == 0 and (tmp_path / "out").is_dir()
    assert dingze.ledger.bookmarks("notifier") == {"position": 0}
    close()
    dingze.close()


@pytest.mark.parametrize(
    ("url", "secret", "code"),
    [
        ("http://elsewhere.example/notices", "a secret long enough", "notice.bad-webhook"),
        ("https://gateway.example/notices", "short", "notice.short-secret"),
    ],
)
def test_a_webhook_without_https_or_a_secret_is_refused(tmp_path: Path, url: str, secret: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        sinks(settings(tmp_path, notices_webhook=url, notices_secret=secret), now)
    assert caught.value.code == code
