"""A backup is taken while work goes on, and an empty machine that gets it ends with the same head digest."""

import shutil
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from console.administration.people import Account
from console.forms import Upload
from dingze import backup
from dingze.folders import initialise, key_file
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.copying import EVENTS, KEYS, erasures_in
from ledger.vault import receipts_file
from mandates.sheets import Row
from terms.actors import Role
from terms.errors import BadInput, Conflict, NotFound, Unavailable
from tests.dingze.conftest import Dingze as Called
from tests.ingest.conftest import NOW

ORDERS = 40
PHONE = "13900000001"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
Opened = Callable[[str], Dingze]


def rows(first: int, count: int) -> list[Row]:
    """Rows as a hotline sends them."""
    found = []
    for number in range(first, first + count):
        cells = {
            "工单编号": f"B{number}", "主要内容": f"第{number}号路灯不亮，请尽快维修", "受理时间": "2024-03-04 09:00",
            "来电人": "欧阳测试", "联系方式": PHONE,
        }  # fmt: skip
        found.append(Row("b.jsonl", number, cells, repr(cells).encode()))
    return found


def take_in(dingze: Dingze, given: list[Row]) -> None:
    """Through the gateway."""
    for _ in dingze.gateway.admit(given, now=NOW):
        pass


def quiet(_: int) -> None:
    """Nobody watches."""


def settings_of(url: str, folder: Path) -> Settings:
    """Settings over a database, its key in a folder of its own."""
    folder.mkdir(exist_ok=True)
    return Settings(
        database_url=url, master_key=folder / "city.key", cache=folder / "cache", attachments=folder / "attachments"
    )


@pytest.fixture
def lived(database_url: str, tmp_path: Path) -> Dingze:
    """A city with orders, an account, and one order whose person was erased; once on each database."""
    return lived_in(database_url, tmp_path)


@pytest.fixture
def small(migrated_sqlite_url: str, tmp_path: Path) -> Dingze:
    """The same, where the database does not matter."""
    return lived_in(migrated_sqlite_url, tmp_path)


def lived_in(url: str, tmp_path: Path) -> Dingze:
    """A city with orders, an account, and one order whose person was erased."""
    settings = settings_of(url, tmp_path / "first")
    initialise(settings)
    dingze = Dingze(settings)
    take_in(dingze, rows(1, ORDERS))
    dingze.people.add(Account("u1", "张三", Role.DISPATCHER), "correct horse battery")
    dingze.vault.erase(["order-B7"], NOW)
    dingze.parts.attachments.keep("B1", [Upload("现场.png", PICTURE)])
    return dingze


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that nobody has touched, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'second' / 'new.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_an_empty_machine_ends_with_the_same_head_digest_and_nobody_erased_comes_back(
    lived: Dingze, empty_url: str, tmp_path: Path
) -> None:
    made = backup.back_up(lived, tmp_path / "copy", quiet)
    lived.vault.erase(["order-B9"], NOW)  # after the backup: only the receipt beside the key knows
    head = lived.ledger.link(lived.ledger.head())
    settings = settings_of(empty_url, tmp_path / "second")
    for file in (key_file(lived.settings), receipts_file(key_file(lived.settings))):
        shutil.copy(file, tmp_path / "second" / file.name)

    (left,) = [file for file in (tmp_path / "first" / "attachments").rglob("*") if file.is_file()]
    stale = settings.attachments / left.relative_to(tmp_path / "first" / "attachments")
    stale.parent.mkdir(parents=True)
    stale.write_text('{"key": "of another city"}')

    told = backup.restore(settings, tmp_path / "copy", quiet)
    assert (told["digest"], told["events"]) == (head.digest, head.position) == (made["digest"], made["events"])
    assert told["erased_again"] == 1 and told["accounts"] == 1
    assert told["seconds"] < 60

    again = Dingze(settings)
    try:
        assert again.ledger.verify() == head
        events = {event.stream: event for event in again.ledger.read(again.ledger.head().__class__(0), 1_000)}
        opened = again.open_masked(list(events.values()))
        assert {"order-B7", "order-B9"} == {
            stream for stream, event in events.items() if event.event_id not in opened
        }, "these two were erased; every other text can be read"
        assert again.parts.attachments.open("B1", sha256(PICTURE).hexdigest()) == PICTURE
        assert again.people.check_password("u1", "correct horse battery", NOW).name == "张三"
        before = again.ledger.head()
        take_in(again, rows(ORDERS, 2))
        assert again.ledger.head() == before + 1, "one was there, one is new"
    finally:
        again.close()
        lived.close()


def test_a_backup_taken_while_orders_come_in_is_whole(lived: Dingze, tmp_path: Path) -> None:
    writer = threading.Thread(target=take_in, args=(lived, rows(1_000, 600)))
    writer.start()
    made = backup.back_up(lived, tmp_path / "copy", quiet)
    writer.join()
    assert backup.check(tmp_path / "copy", quiet)["digest"] == made["digest"]
    assert lived.ledger.link(lived.ledger.head().__class__(made["events"])).digest == made["digest"]
    lived.close()


def test_a_restore_that_was_killed_is_begun_again_and_another_record_is_refused(small: Dingze, tmp_path: Path) -> None:
    made = backup.back_up(small, tmp_path / "copy", quiet)
    key = key_file(small.settings)
    half = settings_of(f"sqlite:///{tmp_path / 'half.db'}", tmp_path / "half")
    shutil.copy(key, key_file(half))

    class Killed(Exception):
        """The power went."""

    def dies(_: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        backup.restore(half, tmp_path / "copy", dies)
    assert backup.restore(half, tmp_path / "copy", quiet)["digest"] == made["digest"]
    assert backup.restore(half, tmp_path / "copy", quiet)["digest"] == made["digest"], "and again, harmlessly"

    other = Dingze(half)
    take_in(other, rows(5_000, 1))
    other.close()
    with pytest.raises(Conflict) as refused:
        backup.restore(half, tmp_path / "copy", quiet)
    assert refused.value.code == "backup.not-empty"
    small.close()


@pytest.mark.parametrize("name", [EVENTS, KEYS, backup.PEOPLE, backup.ATTACHMENTS])
def test_a_backup_that_was_touched_is_refused_before_anything_is_written(
    small: Dingze, tmp_path: Path, name: str
) -> None:
    backup.back_up(small, tmp_path / "copy", quiet)
    small.close()
    file = tmp_path / "copy" / name
    file.write_bytes(file.read_bytes().replace(b"a", b"b", 1))
    settings = settings_of(f"sqlite:///{tmp_path / 'never.db'}", tmp_path / "first")
    with pytest.raises(BadInput) as refused:
        backup.restore(settings, tmp_path / "copy", quiet)
    assert refused.value.code == "backup.altered" and refused.value.at == name
    assert not (tmp_path / "never.db").exists()


def test_a_file_that_is_still_being_written_is_left_for_the_next_backup(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "whole").write_text("{}")
    (tmp_path / "ab" / "torn.17.part").write_text("{")
    assert list(backup.attachments_out(tmp_path)) == [["ab/whole", "{}"]]


def test_a_file_of_a_backup_cannot_climb_out_of_its_folder(tmp_path: Path) -> None:
    for name in ("../evil", "/evil", "a/../../evil"):
        with pytest.raises(BadInput):
            backup.attachments_in(tmp_path / "files", [[name, "x"]])
    assert list(tmp_path.rglob("evil")) == []


def test_without_its_master_key_a_backup_is_not_restored(small: Dingze, tmp_path: Path) -> None:
    backup.back_up(small, tmp_path / "copy", quiet)
    settings = settings_of(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "elsewhere")
    with pytest.raises(Unavailable) as refused:
        backup.restore(settings, tmp_path / "copy", quiet)
    assert refused.value.code == "vault.no-key"
    initialise(settings_of(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "elsewhere"))
    with pytest.raises(BadInput) as wrong:
        backup.restore(settings, tmp_path / "copy", quiet)
    assert wrong.value.code == "backup.other-key"
    small.close()


def test_the_files_of_a_backup_show_nobody_and_are_for_their_owner_only(small: Dingze, tmp_path: Path) -> None:
    backup.back_up(small, tmp_path / "copy", quiet)
    files = sorted((tmp_path / "copy").iterdir())
    written = b"".join(file.read_bytes() for file in files)
    for secret in (PHONE, "欧阳测试", "请尽快维修", "correct horse battery"):
        assert secret.encode() not in written
    assert key_file(small.settings).read_bytes().strip() not in written
    assert {file.stat().st_mode & 0o077 for file in files} == {0}
    assert [receipt.subject for receipt in erasures_in(tmp_path / "copy")] == ["order-B7"]
    with pytest.raises(Conflict):
        backup.back_up(small, tmp_path / "copy", quiet)
    small.close()


def test_a_backup_goes_out_and_back_by_command(
    small: Dingze, called: Called, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.close()
    monkeypatch.setenv("DINGZE_DATABASE_URL", small.settings.database_url)
    monkeypatch.setenv("DINGZE_MASTER_KEY", str(key_file(small.settings)))
    made = called("backup", "--to", "copy", "--json")
    assert made.code == 0
    assert called("restore", "--from", "copy", "--check", "--json").document["digest"] == made.document["digest"]
    monkeypatch.setenv("DINGZE_DATABASE_URL", f"sqlite:///{tmp_path}/again.db")
    told = called("restore", "--from", "copy", "--json")
    assert told.document["digest"] == made.document["digest"]
    assert called("ledger", "verify", "--json").document["digest"] == made.document["digest"]


def test_a_folder_without_a_backup_is_one_clear_line(called: Called, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    found = called("restore", "--from", "nothing")
    assert found.code != 0 and found.err.startswith("backup.none") and len(found.err.strip().splitlines()) == 1
    with pytest.raises(NotFound):
        backup.check(tmp_path / "nothing", quiet)
