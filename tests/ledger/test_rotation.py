"""The master key is replaced while the city works; killed at any moment nothing is lost, and what was sealed opens."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.backends import migrate, open_ledger
from ledger.envelope import Append
from ledger.master_key import make_master_key, next_file, read_master_key
from ledger.rotation import ROTATED, retired_file, rotate
from ledger.sealing import Cipher, encrypt
from ledger.store import Ledger
from ledger.vault import Vault, open_vault
from terms.errors import Conflict, LedgerBroken, Unavailable
from tests.ledger.facts import noted
from tests.ledger.test_vault import AT, NAME, ORDER, PHONE, TEXT, receive

ACTOR = "administrator:u1"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "dingze.db.key"
    make_master_key(path)
    return path


@pytest.fixture
def vault(ledger: Ledger, key_file: Path) -> Vault:
    return open_vault(ledger, key_file)


def box_of(append: Append) -> dict[str, str]:
    """What was sealed in an order that went in."""
    found: dict[str, str] = append.events[0].payload["personal"]
    return found


def test_what_was_sealed_opens_under_the_new_key_only(ledger: Ledger, vault: Vault, key_file: Path) -> None:
    boxes = {f"order-{n}": box_of(receive(ledger, vault, subject=f"order-{n}")) for n in range(20)}
    wrapped = ledger.backend.sealed_keys(["order-7"])["order-7"].wrapped
    old = read_master_key(key_file).fingerprint()
    done = rotate(ledger, key_file, AT, ACTOR)
    assert (done.keys, done.before) == (22, old), "20 orders, their caller, and the key that names callers"
    assert done.after == read_master_key(key_file).fingerprint() != old
    assert read_master_key(retired_file(key_file, old)).fingerprint() == old
    assert not next_file(key_file).exists()
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert ledger.backend.sealed_keys(["order-7"])["order-7"].wrapped != wrapped
    for opened in (vault, open_vault(ledger, key_file)):  # one that was open all the time, and a fresh one
        assert all(
            opened.open(name, box) == {"name": NAME, "phone": PHONE, "text": TEXT} for name, box in boxes.items()
        )
    with pytest.raises(Unavailable):
        open_vault(ledger, retired_file(key_file, old))
    (told,) = [event for event in ledger.read(ledger.head().__class__(0), 100) if event.type == ROTATED]
    assert told.payload == {"before": done.before, "after": done.after} and told.actor == ACTOR
    ledger.verify()


def test_a_caller_keeps_the_same_name_over_two_rotations(ledger: Ledger, vault: Vault, key_file: Path) -> None:
    receive(ledger, vault)
    name = vault.caller(PHONE)
    for number in (2, 3):
        rotate(ledger, key_file, AT, ACTOR)
        vault = open_vault(ledger, key_file)
        assert vault.caller(PHONE) == name
        receive(ledger, vault, subject=f"order-{number}")
    pseudonyms = {ledger.stream(f"order-{n}")[0].payload["caller"] for n in (1, 2, 3)}  # type: ignore[arg-type]
    assert len(pseudonyms) == 1


def test_a_key_wrapped_under_the_old_master_key_does_not_go_in(ledger: Ledger, vault: Vault, key_file: Path) -> None:
    late = vault.keyring([ORDER])
    rotate(ledger, key_file, AT, ACTOR)
    with pytest.raises(Conflict) as refused:
        ledger.append(noted(ORDER), keys=late.new_keys())
    assert refused.value.code == "vault.key-moved"
    again = vault.keyring([ORDER])  # what a gateway does then: look again
    ledger.append(noted(ORDER), keys=again.new_keys())
    assert open_vault(ledger, key_file).open(ORDER, again.seal(ORDER, {"n": 1})) == {"n": 1}


class Killed(Exception):
    """The power went."""


def dies(*_: object) -> None:
    raise Killed


def begun(ledger: Ledger, key_file: Path) -> None:
    """Killed when the new key is on disk and nothing is wrapped."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.rotation._keep_naming", dies)
        rotate(ledger, key_file, AT, ACTOR)


def half_wrapped(ledger: Ledger, key_file: Path) -> None:
    """Killed inside the transaction."""
    count = iter(range(10))

    def one_more(key_id: str, key: bytes, plain: bytes, subject: str) -> bytes:
        if next(count) == 5:
            raise Killed
        return encrypt(key_id, key, plain, subject)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.sealing.encrypt", one_more)
        rotate(ledger, key_file, AT, ACTOR)


def wrapped(ledger: Ledger, key_file: Path) -> None:
    """Killed after the transaction, before the files change places."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.rotation._finished", dies)
        rotate(ledger, key_file, AT, ACTOR)


def linked(ledger: Ledger, key_file: Path) -> None:
    """Killed between the two changes of files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", dies)
        rotate(ledger, key_file, AT, ACTOR)


@pytest.mark.parametrize("killed", [begun, half_wrapped, wrapped, linked])
def test_killed_anywhere_the_vault_opens_and_the_rotation_is_finished(
    ledger: Ledger, vault: Vault, key_file: Path, killed: Callable[[Ledger, Path], None]
) -> None:
    boxes = {f"order-{n}": box_of(receive(ledger, vault, subject=f"order-{n}")) for n in range(8)}
    old = read_master_key(key_file).fingerprint()
    with pytest.raises(Killed):
        killed(ledger, key_file)
    assert all(open_vault(ledger, key_file).open(*one) is not None for one in boxes.items()), "meanwhile"
    done = rotate(ledger, key_file, AT, ACTOR)
    assert done.before == old
    assert read_master_key(key_file).fingerprint() == done.after == ledger.backend.bound_to()
    assert all(open_vault(ledger, key_file).open(*one) is not None for one in boxes.items())
    assert [event.type for event in ledger.stream("keys")] == [ROTATED]  # type: ignore[arg-type]


def test_rotation_without_the_right_key_changes_nothing(ledger: Ledger, vault: Vault, tmp_path: Path) -> None:
    receive(ledger, vault)
    make_master_key(tmp_path / "another.key")
    with pytest.raises(Unavailable):
        rotate(ledger, tmp_path / "another.key", AT, ACTOR)
    assert not next_file(tmp_path / "another.key").exists()


def test_a_folder_that_cannot_be_written_is_said_plainly(ledger: Ledger, vault: Vault, key_file: Path) -> None:
    receive(ledger, vault)
    (key_file.parent / "file").write_text("in the way")
    with pytest.raises(Unavailable) as refused:
        make_master_key(key_file.parent / "file" / "sub" / "x.key")
    assert refused.value.code == "vault.key-folder"


class TestSm4:
    """SM4-GCM for new keys, where a city's rules ask for it."""

    def test_old_keys_stay_readable_and_new_ones_are_sm4(self, ledger: Ledger, vault: Vault, key_file: Path) -> None:
        before = box_of(receive(ledger, vault))
        national = open_vault(ledger, key_file, cipher=Cipher.SM4)
        after = box_of(receive(ledger, national, subject="order-2"))
        assert after["key"].startswith("sm4.") and not before["key"].startswith("sm4.")
        for opened in (vault, national):
            assert opened.open(ORDER, before) == opened.open("order-2", after)
            assert opened.open("order-2", before) is None
        rotate(ledger, key_file, AT, ACTOR)
        assert national.open("order-2", after) == {"name": NAME, "phone": PHONE, "text": TEXT}
        (receipt,) = national.erase(["order-2"], AT)
        assert receipt.key_id == after["key"] and national.open("order-2", after) is None

    def test_a_changed_byte_is_found(self, tmp_path: Path, key_file: Path) -> None:
        url = f"sqlite:///{tmp_path / 'a.db'}"
        migrate(url)
        ledger = open_ledger(url)
        vault = open_vault(ledger, key_file, cipher=Cipher.SM4)
        box = box_of(receive(ledger, vault))
        for sealed in (box["sealed"][::-1], "AAAA", box["sealed"][:-8] + "AAAAAAA="):
            with pytest.raises(LedgerBroken):
                vault.open(ORDER, box | {"sealed": sealed})
        assert json.loads(json.dumps(box)) == box
        ledger.close()
