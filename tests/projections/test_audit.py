"""The audit archive: everything that concerns a unit or officer, sealed boxes sealed, and it proves itself."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from casework.work_order import commands as c
from dingze.cli import app
from dingze.settings import Settings
from dingze.wiring import Dingze
from ledger.canonical import canonical
from projections.audit.archive import Reach, reach_of, write_archive
from projections.audit.subject import Subject
from projections.audit.verifying import against_record, verify_archive, verify_folder
from terms.actors import Actor, Role
from terms.errors import BadInput, LedgerBroken, NotFound
from terms.ids import UnitCode, order_stream
from tests.projections.town_month import Clock, lived

BEGIN, END = date(2026, 3, 2), date(2026, 3, 2)
PARKS = Subject(BEGIN, END, UnitCode("A2"))


@dataclass(frozen=True)
class Month:
    """The town's month, over and done."""

    dingze: Dingze
    settings: Settings
    clock: Clock

    def archive(self, subject: Subject = PARKS) -> bytes:
        return write_archive(self.dingze.ledger, subject, self.reach(subject), self.dingze.audit_key())

    def reach(self, subject: Subject) -> Reach:
        return reach_of(self.dingze.ledger, subject, ZoneInfo(self.dingze.city.timezone), self.dingze.clock())


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    dingze, given_settings, clock = lived(tmp_path_factory.mktemp("town"))
    clock.now += timedelta(days=2)
    yield Month(dingze, given_settings, clock)
    dingze.close()


def unpacked(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def repacked(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def events_of(archive: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in unpacked(archive)["events.jsonl"].splitlines()]


def figures_of(archive: bytes) -> dict[str, Any]:
    return {one["name"]: one for one in orjson.loads(unpacked(archive)["figures.json"])["figures"]}


def test_every_stream_that_concerns_the_unit_is_there_whole_and_no_other(month: Month) -> None:
    streams = {event["stream"] for event in events_of(month.archive())}
    assert {f"order-T{number}" for number in range(8)} <= streams
    assert not any(stream.startswith("order-W") for stream in streams), "dry taps are the water bureau's"
    assert "mandate-clauses-A2-SD-01" in streams and "mandate-clauses-A1-SD-01" not in streams
    whole = [event.event_id for event in month.dingze.ledger.stream(order_stream("T0"))]
    assert [event["event_id"] for event in events_of(month.archive()) if event["stream"] == "order-T0"] == whole


def test_a_unit_that_routing_merely_weighed_is_not_concerned(month: Month) -> None:
    told = orjson.dumps([event["payload"] for event in events_of(month.archive())])
    assert b'"candidates"' in told
    water = month.archive(Subject(BEGIN, END, UnitCode("A1")))
    assert {event["stream"] for event in events_of(water) if event["stream"].startswith("order-")} == {
        f"order-W{number}" for number in range(5)
    }


def test_sealed_boxes_stay_sealed(month: Month) -> None:
    raw = unpacked(month.archive())["events.jsonl"].decode()
    assert "古树要倒了" not in raw
    received = [event for event in events_of(month.archive()) if event["type"] == "WorkOrderReceived"]
    assert all(set(event["payload"]["masked"]) == {"sealed", "key"} for event in received)


def test_every_figure_opens_to_its_events(month: Month) -> None:
    archive = month.archive()
    figures, by_id = figures_of(archive), {event["event_id"]: event for event in events_of(archive)}
    assert figures["led"]["value"] == 8 and figures["returned"]["value"] == 6
    assert figures["return_upheld"]["value"] == 6 and figures["moved_away"]["value"] == 6
    assert figures["return_rate"]["of"] == [6, 8]
    for figure in figures.values():
        assert len(figure["events"]) == figure.get("value", figure.get("of", [0])[0])
        assert all(event_id in by_id for event_id in figure["events"])
    assert {by_id[one]["type"] for one in figures["returned"]["events"]} == {"ReturnRequested"}
    assert figures["returned"]["label"] == "退单"


def test_anybody_can_recompute_a_digest_without_dingze(month: Month) -> None:
    for told in events_of(month.archive()):
        previous, digest = told.pop("previous"), told.pop("digest")
        envelope = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert sha256((previous + envelope).encode()).hexdigest() == digest


def test_the_same_head_gives_the_same_bytes(month: Month) -> None:
    assert month.archive() == month.archive()


def test_an_officers_archive_has_what_the_account_did_and_signed(month: Month) -> None:
    figures = figures_of(month.archive(Subject(BEGIN, END, officer="h1")))
    assert figures["did.ReturnRequested"]["value"] == 6 and figures["signatures"]["value"] == 6
    reviewer = figures_of(month.archive(Subject(BEGIN, END, officer="r1")))
    assert reviewer["did.OrderReassigned"]["value"] == 6 and reviewer["signatures"]["value"] == 0


def test_an_archive_proves_itself_and_stands_in_the_record(month: Month) -> None:
    verified = verify_archive(month.archive())
    assert verified.manifest["head"]["position"] == month.dingze.ledger.head()
    against_record(verified, month.dingze.ledger)
    trusted = month.dingze.audit_key().public_key().public_bytes_raw().hex()
    assert verify_archive(month.archive(), trusted).public_key == trusted
    with pytest.raises(BadInput, match=r"audit\.other-key"):
        verify_archive(month.archive(), "00" * 32)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_changed_byte_anywhere_is_found(month: Month, data: st.DataObject) -> None:
    files = unpacked(month.archive())
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = bytearray(files[name])
    changed[at] ^= flip
    if name == "manifest.sig" and _same_signature(files[name], bytes(changed)):
        return
    with pytest.raises(BadInput):
        verify_archive(repacked(files | {name: bytes(changed)}))


def _same_signature(before: bytes, after: bytes) -> bool:
    try:
        return bytes.fromhex(before.decode("ascii").strip()) == bytes.fromhex(after.decode("ascii").strip())
    except ValueError:
        return False


def test_a_forger_with_a_key_of_his_own_fails_against_the_chain_and_the_known_key(month: Month) -> None:
    """He changes an event, recounts the digest of that line, the manifest, and signs anew with his own key."""
    files = unpacked(month.archive())
    lines = files["events.jsonl"].splitlines(keepends=True)
    told = orjson.loads(lines[-1])
    told["payload"] = told["payload"] | {"reason": "另有说法"}
    lines[-1] = canonical(told) + b"\n"
    forged = _resigned(files | {"events.jsonl": b"".join(lines)}, Ed25519PrivateKey.generate())
    with pytest.raises(BadInput, match=r"audit\.altered"):
        verify_archive(forged)
    honest = _resigned(files, Ed25519PrivateKey.generate())
    trusted = month.dingze.audit_key().public_key().public_bytes_raw().hex()
    assert verify_archive(honest).public_key != trusted
    with pytest.raises(BadInput, match=r"audit\.other-key"):
        verify_archive(honest, trusted)


def _resigned(files: dict[str, bytes], key: Ed25519PrivateKey) -> bytes:
    manifest = orjson.loads(files["manifest.json"])
    manifest["public_key"] = key.public_key().public_bytes_raw().hex()
    for name, listed in manifest["files"].items():
        listed |= {"sha256": sha256(files[name]).hexdigest(), "size": len(files[name])}
    told = canonical(manifest)
    return repacked(files | {"manifest.json": told, "manifest.sig": key.sign(told).hex().encode()})


def test_an_archive_of_another_record_is_told_apart(month: Month, tmp_path: Path) -> None:
    verified = verify_archive(month.archive())
    other, _, _ = lived(tmp_path)
    try:
        with pytest.raises(LedgerBroken, match=r"audit\.not-this-record"):
            against_record(verified, other.ledger)
    finally:
        other.close()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a zip", repacked({"manifest.json": b"{}"})])
def test_what_is_no_archive_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"audit\.not-an-archive"):
        verify_archive(content)


def test_a_period_that_still_goes_on_and_a_stranger_are_refused(month: Month) -> None:
    with pytest.raises(BadInput, match=r"audit\.period-not-over"):
        month.reach(Subject(BEGIN, date(2026, 3, 4), UnitCode("A2")))
    with pytest.raises(NotFound, match=r"audit\.nothing"):
        month.archive(Subject(BEGIN, END, UnitCode("Z9")))
    with pytest.raises(BadInput, match=r"audit\.whom"):
        Subject(BEGIN, END, UnitCode("A2"), "h1")


def test_what_came_after_the_period_stays_out(month: Month, tmp_path: Path) -> None:
    before = month.archive()
    clerk = Actor("c1", Role.CLERK, UnitCode("A3"))
    month.dingze.desk.do("T0", c.SignFor(unit=UnitCode("A3")), clerk)
    after = month.archive()
    assert unpacked(after)["events.jsonl"] == unpacked(before)["events.jsonl"]
    assert unpacked(after)["figures.json"] == unpacked(before)["figures.json"]
    assert verify_archive(after).manifest["head"]["position"] == verify_archive(before).manifest["head"]["position"] + 1
    against_record(verify_archive(before), month.dingze.ledger)  # an older archive stands in a record that went on


def test_the_command_writes_and_verifies(month: Month, tmp_path: Path) -> None:
    """By the command line, on a copy: its clock is the real one, and the town's month is long over."""
    for file in Path(month.settings.database_url.removeprefix("sqlite:///")).parent.glob("town.db*"):
        shutil.copy(file, tmp_path / file.name)
    url, out = f"sqlite:///{tmp_path / 'town.db'}", tmp_path / "audit.zip"
    exported = ["--database", url, "audit", "--unit", "A2", "--from", "2026-03-02", "--to", "2026-03-02"]
    told = orjson.loads(
        CliRunner().invoke(app, [*exported, "--out", str(out), "--json"], catch_exceptions=False).stdout
    )
    assert told["events"] == len(events_of(out.read_bytes()))
    checked = ["--database", url, "audit", "--verify", str(out), "--record"]
    assert "核验一致" in CliRunner().invoke(app, checked, catch_exceptions=False).stdout
    told = orjson.loads(CliRunner().invoke(app, [*checked, "--json"], catch_exceptions=False).stdout)
    assert told["verified"] and told["signed_here"] and told["against_record"]


def test_an_archive_somebody_unpacked_still_proves_itself_until_a_file_is_touched(month: Month, tmp_path: Path) -> None:
    for name, content in unpacked(month.archive()).items():
        (tmp_path / name).write_bytes(content)
    assert verify_folder(tmp_path).manifest == verify_archive(month.archive()).manifest
    changed = (tmp_path / "events.jsonl").read_bytes().replace(b"ReturnRequested", b"ReturnWithdrawn", 1)
    (tmp_path / "events.jsonl").write_bytes(changed)
    with pytest.raises(BadInput, match=r"audit\.altered"):
        verify_folder(tmp_path)
    (tmp_path / "events.jsonl").unlink()
    with pytest.raises(BadInput, match=r"audit\.not-an-archive"):
        verify_folder(tmp_path)
