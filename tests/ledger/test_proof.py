"""Verification by several processes gives the one answer; a seal proves later that nothing before it changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings

from ledger.archive import EVENTS, NOTE, against_record, check_archive, write_archive
from ledger.backends import migrate, open_ledger
from ledger.chain import Link
from ledger.seal import prove, read_seal, seal
from ledger.signing import checked, public_key, signed, signing_key
from ledger.store import Ledger
from ledger.verifying import verify_parallel
from terms.errors import BadInput, Conflict, LedgerBroken, NotFound, Unavailable
from terms.ids import Position
from tests.ledger.database import damage
from tests.ledger.facts import fact, noted
from tests.ledger.test_canonical import objects

AT = datetime(2026, 11, 22, tzinfo=UTC)
EVENTS_WRITTEN = 400
_KEY = Ed25519PrivateKey.generate()
LEAST = 50  # events a range, so that a small record is split


def filled(ledger: Ledger) -> Ledger:
    """With enough events for several ranges."""
    ledger.append_each([noted(f"s-{number % 9}", fact({"n": number})) for number in range(EVENTS_WRITTEN)])
    return ledger


def verdict(verify: Callable[[], Link]) -> tuple[str, str | None, str]:
    """What a verification says: where the chain stands, or where and how it is broken."""
    try:
        link = verify()
        return "whole", str(link.position), link.digest
    except LedgerBroken as error:
        return error.code, error.at, str(error)


def test_two_processes_say_what_one_says(ledger: Ledger, database_url: str) -> None:
    filled(ledger)
    seen: list[int] = []
    told = verdict(lambda: verify_parallel(ledger, database_url, workers=2, least=LEAST, progress=seen.append))
    assert told == verdict(ledger.verify) and told[0] == "whole"
    assert seen == sorted(seen) and len(seen) > 2


ACTOR, DIGEST, ROW = (
    "UPDATE ledger_events SET actor = 'x' WHERE position = {at}",
    "UPDATE ledger_events SET digest = 'x' WHERE position = {at}",
    "DELETE FROM ledger_events WHERE position = {at}",
)


# at a range's end, at its beginning, inside, and at the record's ends
@pytest.mark.parametrize(("at", "change"), [(1, ACTOR), (50, DIGEST), (50, ROW), (51, ROW), (123, ACTOR), (400, ROW)])
def test_damage_is_found_where_one_process_finds_it(at: int, change: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'broken.db'}"
    migrate(url)
    ledger = filled(open_ledger(url))
    damage(url, [change.format(at=at)])
    one = verdict(ledger.verify)
    assert verdict(lambda: verify_parallel(ledger, url, workers=2, least=LEAST)) == one
    assert (one[0] == "whole") == (at == 400), "only a cut-off end needs a seal"
    ledger.close()


@settings(max_examples=60)
@given(objects)
def test_a_signed_document_holds_and_any_other_does_not(document: dict[str, object]) -> None:
    told = signed({**document, "n": 1}, _KEY)
    assert checked(told, public_key(_KEY)) == {name: told[name] for name in told if name != "signature"}
    with pytest.raises(BadInput) as altered:
        checked(told | {"n": 2})
    assert altered.value.code == "proof.altered"


def test_the_signing_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "safe" / "city.key.signing"
    assert public_key(signing_key(file)) == public_key(signing_key(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]
    file.write_text("torn")
    with pytest.raises(Unavailable):
        signing_key(file)


class TestSeals:
    """What a seal proves, and what it refuses to prove."""

    def test_a_seal_holds_while_the_record_goes_on(self, ledger: Ledger) -> None:
        filled(ledger)
        told = seal(ledger.link(Position(300)), AT, _KEY)
        found = read_seal(orjson.dumps(told), public_key(_KEY))
        ledger.append(noted("later"))
        prove(ledger, found.link, lambda upto: ledger.verify(upto=upto))

    def test_an_end_that_was_cut_off_and_a_record_written_anew_are_found(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'a.db'}"
        migrate(url)
        ledger = filled(open_ledger(url))
        link = read_seal(orjson.dumps(seal(ledger.link(Position(400)), AT, _KEY))).link
        other = f"sqlite:///{tmp_path / 'b.db'}"
        migrate(other)
        anew = filled(open_ledger(other))
        assert anew.verify().position == 400, "it proves itself, and is another"
        damage(url, ["DELETE FROM ledger_events WHERE position > 390"])
        for broken, code in ((ledger, "proof.cut-off"), (anew, "proof.changed")):
            with pytest.raises(LedgerBroken) as found:
                prove(broken, link, lambda upto, of=broken: of.verify(upto=upto))  # type: ignore[misc]
            assert found.value.code == code
            broken.close()

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"kind": "dingze.seal/1"}', b"\xff"])
    def test_what_is_no_seal_is_said_to_be_none(self, content: bytes) -> None:
        with pytest.raises(BadInput) as refused:
            read_seal(content)
        assert refused.value.code == "proof.not-signed"

    def test_a_seal_of_another_key_is_refused_when_the_key_is_known(self) -> None:
        told = seal(Link(Position(1), "0" * 64), AT, _KEY)
        with pytest.raises(BadInput) as refused:
            read_seal(orjson.dumps(told), "00" * 32)
        assert refused.value.code == "proof.other-key"
        with pytest.raises(BadInput) as altered:
            read_seal(orjson.dumps(told | {"position": 2}))
        assert altered.value.code == "proof.altered"


class TestArchives:
    """A closed stretch in a folder proves itself, and the record proves that it stands in it."""

    def test_an_archive_is_the_same_bytes_again_and_stands_in_the_record(self, ledger: Ledger, tmp_path: Path) -> None:
        filled(ledger)
        reach = Position(100), Position(300)
        for name in ("one", "two"):
            write_archive(ledger, tmp_path / name, "2025", reach, _KEY)
        for file in (EVENTS, NOTE):
            assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
        found = check_archive(tmp_path / "one", public_key(_KEY))
        assert (found.of, found.start.position, found.end.position) == ("2025", 100, 300)
        against_record(found, ledger, lambda upto: ledger.verify(upto=upto))
        assert ledger.head() == EVENTS_WRITTEN, "nothing left the record"
        with pytest.raises(Conflict):
            write_archive(ledger, tmp_path / "one", "2025", reach, _KEY)
        with pytest.raises(NotFound):
            write_archive(ledger, tmp_path / "three", "2024", (Position(0), Position(0)), _KEY)

    def test_an_archive_that_was_touched_or_is_of_another_record_is_refused(self, tmp_path: Path) -> None:
        ledgers = []
        for name in ("a", "b"):
            url = f"sqlite:///{tmp_path / name}.db"
            migrate(url)
            ledgers.append(filled(open_ledger(url)))
        write_archive(ledgers[0], tmp_path / "copy", "2025", (Position(0), Position(50)), _KEY)
        with pytest.raises(LedgerBroken):
            against_record(check_archive(tmp_path / "copy"), ledgers[1], lambda upto: ledgers[1].verify(upto=upto))
        for file in (EVENTS, NOTE):
            kept = (tmp_path / "copy" / file).read_bytes()
            (tmp_path / "copy" / file).write_bytes(kept.replace(b"5", b"6", 1))
            with pytest.raises(BadInput):
                check_archive(tmp_path / "copy")
            (tmp_path / "copy" / file).write_bytes(kept)
        check_archive(tmp_path / "copy")
        for ledger in ledgers:
            ledger.close()
