"""Personal data is sealed from the first event, opened on demand, and gone when its key is."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from ledger.backends import migrate, open_ledger
from ledger.envelope import Append, Outcome
from ledger.master_key import make_master_key, read_master_key
from ledger.store import Ledger
from ledger.vault import Erased, Vault, open_vault
from terms.errors import Conflict, LedgerBroken, Unavailable
from terms.ids import StreamId
from tests.ledger.facts import fact, noted

NAME, PHONE, TEXT = "欧阳测试", "13900000001", "楼下烧烤摊油烟扰民到凌晨"
ORDER = "order-1"
AT = datetime(2023, 4, 2, tzinfo=UTC)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "dingze.db.key"
    make_master_key(path)
    return path


@pytest.fixture
def vault(ledger: Ledger, key_file: Path) -> Vault:
    return open_vault(ledger, key_file)


def receive(ledger: Ledger, vault: Vault, *, subject: str = ORDER, text: str = TEXT) -> Append:
    """An order goes in, as ingest does it: sealed, marked, its caller named by a pseudonym."""
    caller = vault.caller(PHONE)
    ring = vault.keyring([subject, caller])
    box = ring.seal(subject, {"name": NAME, "phone": PHONE, "text": text})
    event = fact(
        {"personal": box, "caller": ring.pseudonym(caller)},
        source="12345", source_key=subject, mark=ring.mark(subject, text.encode()),
    )  # fmt: skip
    append = Append(StreamId(subject), 0, (event,))
    ledger.append(append, keys=ring.new_keys())
    return append


def test_what_was_sealed_is_opened_by_its_subject_only(ledger: Ledger, vault: Vault) -> None:
    box = receive(ledger, vault).events[0].payload["personal"]
    assert vault.open(ORDER, box) == {"name": NAME, "phone": PHONE, "text": TEXT}
    assert set(box) == {"sealed", "key"}
    receive(ledger, vault, subject="order-2")
    assert vault.open("order-2", box) is None
    altered = box | {"sealed": "A" + box["sealed"][1:] if box["sealed"][0] != "A" else "B" + box["sealed"][1:]}
    with pytest.raises(LedgerBroken):
        vault.open(ORDER, altered)


def test_the_same_body_is_a_duplicate_and_another_is_a_conflict_by_its_mark(ledger: Ledger, vault: Vault) -> None:
    receive(ledger, vault)
    ring = vault.keyring([ORDER])
    assert ring.new_keys() == ()
    same = fact(source="12345", source_key=ORDER, mark=ring.mark(ORDER, TEXT.encode()))
    other = fact(source="12345", source_key=ORDER, mark=ring.mark(ORDER, b"another"))
    answers = ledger.append_each([noted(ORDER, same), noted(ORDER, other)])
    assert [answer.outcome for answer in answers] == [Outcome.DUPLICATE, Outcome.CONFLICT]


def test_a_pseudonym_links_the_orders_of_one_caller_until_the_caller_is_erased(ledger: Ledger, vault: Vault) -> None:
    receive(ledger, vault)
    receive(ledger, vault, subject="order-2")
    first, second = (event.payload["caller"] for event in ledger.read(ledger.position_at(AT.replace(year=2000)), 9))
    assert first == second and PHONE not in first
    assert vault.caller("139-0000-0001") == vault.caller(PHONE) != vault.caller("13900000002")
    (receipt,) = vault.erase([vault.caller(PHONE)], AT)
    assert receipt.erased_at == "2023-04-02T00:00:00.000000Z"
    receive(ledger, vault, subject="order-3")
    assert ledger.stream(StreamId("order-3"))[0].payload["caller"] != first, "who calls again is a new caller"


def test_after_erasure_nothing_can_be_opened_sealed_or_compared_and_the_chain_holds(
    ledger: Ledger, vault: Vault
) -> None:
    box = receive(ledger, vault).events[0].payload["personal"]
    (receipt,) = vault.erase([ORDER], AT)
    assert receipt.subject == ORDER and vault.erase([ORDER], AT) == ()
    assert vault.open(ORDER, box) is None
    ring = vault.keyring([ORDER, "order-2"])
    assert ring.is_erased(ORDER) and not ring.is_erased("order-2")
    assert [key.subject for key in ring.new_keys()] == ["order-2"]
    with pytest.raises(Erased):
        ring.seal(ORDER, {"text": TEXT})
    with pytest.raises(Erased):
        ring.mark(ORDER, b"x")
    ledger.verify()


def test_two_processes_that_make_a_key_for_one_subject_cannot_both_write(ledger: Ledger, vault: Vault) -> None:
    mine, theirs = vault.keyring([ORDER]), vault.keyring([ORDER])
    ledger.append(noted(ORDER), keys=theirs.new_keys())
    with pytest.raises(Conflict) as refused:
        ledger.append(noted(ORDER), keys=mine.new_keys())
    assert refused.value.code == "vault.key-moved" and ledger.head() == 1
    ledger.append(noted(ORDER), keys=theirs.new_keys())


def test_a_thousand_orders_need_two_look_ups(ledger: Ledger, vault: Vault) -> None:
    subjects = [f"order-{n}" for n in range(1000)]
    ring = vault.keyring(subjects)
    appends = [noted(subject, fact({"box": ring.seal(subject, {"n": subject})})) for subject in subjects]
    ledger.append_each(appends, keys=ring.new_keys())
    reading = vault.reading(subjects)
    assert all(
        reading.open(subject, a.events[0].payload["box"]) == {"n": subject}
        for subject, a in zip(subjects, appends, strict=True)
    )


def test_the_master_key_is_readable_by_its_owner_only_and_must_be_this_databases(
    ledger: Ledger, vault: Vault, key_file: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    with pytest.raises(Conflict):
        make_master_key(key_file)
    assert read_master_key(key_file).fingerprint() == read_master_key(key_file).fingerprint()
    make_master_key(tmp_path / "another.key")
    with pytest.raises(Unavailable) as wrong:
        open_vault(ledger, tmp_path / "another.key")
    assert wrong.value.code == "vault.wrong-key"
    (tmp_path / "torn.key").write_text("abc")
    for name in ("nothing.key", "torn.key"):
        with pytest.raises(Unavailable) as absent:
            open_vault(ledger, tmp_path / name)
        assert absent.value.code == "vault.no-key"
    assert repr(read_master_key(key_file)) == "MasterKey(…)"


def test_a_restored_backup_is_erased_again_when_its_vault_is_opened(tmp_path: Path, key_file: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dingze.db'}"
    migrate(url)
    ledger = open_ledger(url)
    vault = open_vault(ledger, key_file)
    box = receive(ledger, vault).events[0].payload["personal"]
    ledger.close()
    shutil.copy(tmp_path / "dingze.db", tmp_path / "backup.db")

    ledger = open_ledger(url)
    open_vault(ledger, key_file).erase([ORDER], AT)
    ledger.close()
    with (tmp_path / "dingze.db.key.erasures").open("a") as receipts:
        receipts.write('["cut short by a cra')

    restored = open_ledger(f"sqlite:///{tmp_path / 'backup.db'}")
    vault = open_vault(restored, key_file)
    assert vault.open(ORDER, box) is None and vault.keyring([ORDER]).is_erased(ORDER)
    assert vault.erase_again() == 0
    restored.close()


@dataclass(frozen=True)
class Files:
    """The files of a database, and a way to have everything written into them."""

    folder: Path
    url: str

    def holding(self, wanted: bytes) -> list[str]:
        """Which of the files hold these bytes (grep over everything, the write-ahead log included)."""
        if self.url.startswith("postgres"):
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        found = []
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and wanted in path.read_bytes():
                found.append(path.name)
        return found


@pytest.fixture
def files(database_url: str, tmp_path: Path) -> Iterator[Files]:
    if database_url.startswith("sqlite"):
        yield Files(tmp_path, database_url)
        return
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert found is not None
    folder = Path(found[0]) / "base" / str(found[1])
    if not os.access(folder, os.R_OK):
        pytest.skip("the server's files are on another machine")
    yield Files(folder, database_url)


def test_the_database_files_hold_no_name_phone_or_text_and_no_key_after_erasure(
    ledger: Ledger, vault: Vault, files: Files
) -> None:
    for n in range(50):
        receive(ledger, vault, subject=f"order-{n}")
    wrapped = ledger.backend.sealed_keys(["order-7"])["order-7"].wrapped
    assert files.holding(b"order-7"), "the search itself must be able to find"
    assert files.holding(bytes(wrapped))
    for secret in (NAME, PHONE, TEXT, TEXT[:6]):
        assert files.holding(secret.encode()) == [] == files.holding(secret.encode("utf-16-le"))
    vault.erase(["order-7"], AT)
    assert files.holding(bytes(wrapped)) == [], "no copy of the erased key, not in free pages, not in the log"
    for secret in (NAME, PHONE, TEXT, TEXT[:6]):
        assert files.holding(secret.encode()) == []
    ledger.verify()


@pytest.mark.parametrize("secret", [NAME, PHONE, TEXT])
def test_grep_agrees(sqlite_url: str, tmp_path: Path, key_file: Path, secret: str) -> None:
    migrate(sqlite_url)
    ledger = open_ledger(sqlite_url)
    receive(ledger, open_vault(ledger, key_file))
    grep = subprocess.run(["grep", "-rlaF", secret, tmp_path], capture_output=True, check=False)
    ledger.close()
    assert grep.returncode == 1 and grep.stdout == b""
