"""`dingze init | ingest | route | evaluate | erase`: the shapes that others rely on, asserted as they are promised."""

import gzip
from pathlib import Path

import orjson
import pytest

from ledger.signing import checked
from sample.calls import ORDERS
from tests.dingze.conftest import Dingze

ROUTED = {
    "lead",
    "supports",
    "confidence",
    "automatic",
    "abstained",
    "citations",
    "alternatives",
    "register_edition",
    "memory_edition",
    "city_version",
}
UNIT = {"code", "name", "functions"}
CITED = {"unit", "clause_id", "instrument", "text", "order_span", "clause_span", "via"}
SMOKE = "楼下烧烤店油烟太大，每天晚上直接吹到卧室里，请处理"


def write(file: Path, *rows: dict[str, object]) -> Path:
    """Rows as JSON lines."""
    file.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    return file


def order(number: int, text: str = "路灯不亮，晚上走路看不见。") -> dict[str, object]:
    """One row of a hotline's table."""
    return {"工单编号": f"T{number:04}", "标题": "路灯不亮", "主要内容": text, "受理时间": "2026-11-18 10:00"}


# --- init ---


def test_init_migrates_and_makes_a_key_once(called: Dingze, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/fresh/dingze.db"
    assert called("--database", database, "init", "--json").document == {"migrated": True, "key_made": True}
    assert called("--database", database, "init", "--json").document == {"migrated": True, "key_made": False}
    assert (tmp_path / "fresh/dingze.db.key").stat().st_mode & 0o777 == 0o600


def test_a_second_load_of_the_sample_city_adds_nothing_and_says_so(dingze: Dingze) -> None:
    found = dingze("init", "--sample", "--json").document["sample"]
    assert found == {"already": True, "mandates": 0, "orders": 0, "events": 0, "accounts": found["accounts"]}
    assert dingze("init", "--sample", "--json").document["sample"]["accounts"] == 0


# --- ingest ---


def test_ingest_counts_what_became_of_every_row(dingze: Dingze, tmp_path: Path) -> None:
    rows = [order(number) for number in range(1, 4)]
    file = write(tmp_path / "orders.jsonl", *rows, {"工单编号": "T0009", "受理时间": "0001-01-01"})
    first = dingze("ingest", file, "--json")
    assert first.code == 0
    assert set(first.document) == {"in", "duplicate", "conflict", "quarantined", "seconds"}
    assert {name: first.document[name] for name in ("in", "duplicate", "conflict", "quarantined")} == {
        "in": 3,
        "duplicate": 0,
        "conflict": 0,
        "quarantined": 1,
    }
    again = dingze("ingest", write(tmp_path / "again.jsonl", *rows, order(1, "另一段内容")), "--json").document
    assert (again["in"], again["duplicate"], again["conflict"]) == (0, 3, 1)


def test_ingest_ends_when_proposals_and_views_have_caught_up(dingze: Dingze, tmp_path: Path) -> None:
    dingze("ingest", write(tmp_path / "orders.jsonl", order(1)), "--json")
    events = dingze("ledger", "tail", "--limit", "10", "--json").document["events"]
    assert "AssignmentProposed" in [event["type"] for event in events if event["stream"] == "order-T0001"]
    assert all(one["behind"] == 0 for one in dingze("projections", "status", "--json").document["projections"])


def test_ingest_takes_chinese_columns_and_a_mapping_file_and_reads_no_unit_field(
    dingze: Dingze, tmp_path: Path
) -> None:
    file = write(tmp_path / "theirs.jsonl", {"诉求": "路灯不亮，晚上走路看不见。", "no": "X1", "unit_name": "城管局"})
    mapping = tmp_path / "map.toml"
    mapping.write_text('"诉求" = "text"\nno = "order_no"\n', encoding="utf-8")
    assert dingze("ingest", file, "--map", mapping, "--json").document["in"] == 1
    received = next(
        event
        for event in dingze("ledger", "tail", "--limit", "10", "--json").document["events"]
        if event["stream"] == "order-X1" and event["type"] == "WorkOrderReceived"
    )
    assert "城管" not in orjson.dumps(received).decode()


def test_returns_and_history_of_an_older_platform_come_in(dingze: Dingze, tmp_path: Path) -> None:
    dingze("ingest", write(tmp_path / "orders.jsonl", order(1)), "--json")
    returned = write(tmp_path / "returns.jsonl", {"工单编号": "T0001", "退单单位": "市城管局", "说明": "不归我们管"})
    assert dingze("ingest", returned, "--kind", "return", "--json").document["in"] == 1
    done = {"工单编号": "T0001", "环节": "派单", "时间": "2026-11-18 11:00", "单位": "市城管局"}
    assert dingze("ingest", write(tmp_path / "h.jsonl", done), "--kind", "history", "--json").document["in"] == 1


@pytest.mark.parametrize("kind", ["orders", ""])
def test_a_kind_nobody_knows_is_one_clear_line(dingze: Dingze, tmp_path: Path, kind: str) -> None:
    found = dingze("ingest", write(tmp_path / "orders.jsonl", order(1)), "--kind", kind, "--json")
    assert found.code != 0
    assert found.out == ""
    assert len(found.err.strip().splitlines()) == 1


# --- route ---


def test_route_names_a_lead_with_the_clause_that_proves_it(seen: Dingze) -> None:
    found = seen("route", SMOKE, "--place", "望湖区", "--json")
    assert found.code == 0
    document = found.document
    assert set(document) == ROUTED
    assert set(document["lead"]) == UNIT
    assert "城管执法" in document["lead"]["functions"]
    assert all(set(unit) == UNIT for unit in document["supports"])
    assert 0 <= document["confidence"] <= 1
    assert isinstance(document["automatic"], bool)
    assert document["abstained"] is None or set(document["abstained"]) == {"code", "message"}
    assert document["citations"]
    for citation in document["citations"]:
        assert set(citation) == CITED
        begin, end = citation["order_span"]
        assert 0 <= begin < end <= len(SMOKE)
        assert citation["clause_span"] or citation["via"]
        if citation["clause_span"]:
            begin, end = citation["clause_span"]
            assert 0 <= begin < end <= len(citation["text"])
    for other in document["alternatives"]:
        assert set(other) == UNIT | {"score", "why_not"}


def test_route_answers_the_same_bytes_every_time(seen: Dingze) -> None:
    assert seen("route", SMOKE, "--json").out == seen("route", SMOKE, "--json").out


def test_explain_adds_reasons_and_takes_nothing_away(seen: Dingze) -> None:
    document = seen("route", SMOKE, "--explain", "--json").document
    assert set(document) > ROUTED
    assert document["reasons"]


def test_route_says_why_it_abstains_and_who_would_lead_all_the_same(seen: Dingze) -> None:
    document = seen("route", "没人管", "--json").document
    assert document["automatic"] is False
    assert set(document["abstained"]) == {"code", "message"}


def test_route_before_any_mandate_was_in_force_names_nobody(seen: Dingze) -> None:
    document = seen("route", SMOKE, "--at", "2001-01-01", "--json").document
    assert document["lead"] is None
    assert document["automatic"] is False
    assert document["abstained"] is not None


# --- evaluate ---


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Forty labelled orders, one of them excluded and two with a label no unit has."""
    lines = [orjson.loads(line) for line in ORDERS.read_bytes().splitlines()[:40]]
    rows = [{"id": n, "title": one["标题"], "text": one["主要内容"], "f": "城管执法"} for n, one in enumerate(lines)]
    rows[3]["f"] = "街镇"
    rows[7]["f"] = rows[9]["f"] = "没有这一类"
    file = tmp_path / "labelled.jsonl.gz"
    file.write_bytes(gzip.compress(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)))
    return file


def test_evaluate_counts_excluded_and_unlabelled_rows_and_scores_the_rest(seen: Dingze, labelled: Path) -> None:
    found = seen(
        "evaluate", labelled, "--label", "f", "--exclude", "街镇", "--split", "given",
        "--test", "10", "--learn", "0,20", "--json",
    )  # fmt: skip
    assert found.code == 0
    document = found.document
    assert set(document) == {"rows", "excluded", "unlabelled", "runs"}
    assert (document["excluded"], document["unlabelled"]) == (1, 2)
    assert document["rows"] + document["excluded"] + document["unlabelled"] == 40
    assert [run["n"] for run in document["runs"]] == [0, 20]
    for run in document["runs"]:
        assert set(run) == {"n", "learned", "top1", "top3", "coverage", "ece", "orders_per_second"}
        assert [one["share"] for one in run["coverage"]] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        assert all(set(one) == {"share", "accuracy"} for one in run["coverage"])
        assert 0 <= run["top1"] <= run["top3"] <= 1
        assert 0 <= run["ece"] <= 1
        assert run["orders_per_second"] > 0
    assert [run["learned"] for run in document["runs"]] == [0, 20]


def test_evaluate_leaves_the_record_as_it_was(dingze: Dingze, labelled: Path) -> None:
    before = dingze("ledger", "verify", "--json").document["head"]
    dingze("evaluate", labelled, "--label", "f", "--test", "5", "--learn", "10", "--json")
    assert dingze("ledger", "verify", "--json").document["head"] == before


@pytest.mark.parametrize(
    "wrong",
    [
        ("--label", "f", "--split", "sideways"),
        ("--label", "nothing"),
        ("--label", "f", "--learn", "many"),
        ("--label", "f", "--test", "0"),
        ("--label", "f", "--at", "yesterday"),
    ],
    ids=" ".join,
)
def test_numbers_that_do_not_fit_are_one_clear_line(seen: Dingze, labelled: Path, wrong: tuple[str, ...]) -> None:
    found = seen("evaluate", labelled, *wrong, "--json")
    assert found.code != 0
    assert found.out == ""
    assert len(found.err.strip().splitlines()) == 1


# --- erase ---


def test_erase_destroys_the_key_of_an_order_at_rest_and_gives_a_receipt(dingze: Dingze) -> None:
    events = dingze("ledger", "tail", "--after", "0", "--limit", "10000", "--json").document["events"]
    closed = next(event["payload"]["order_no"] for event in events if event["type"] == "OrderClosed")
    found = dingze("erase", closed, "--ground", "本人申请", "--receipt", "receipt.json", "--json")
    assert found.code == 0
    assert set(found.document) == {"order_no", "keys_destroyed", "position", "receipt"}
    assert found.document["keys_destroyed"] >= 1
    receipt = found.document["receipt"]
    assert checked(receipt) and orjson.loads(Path("receipt.json").read_bytes()) == receipt
    assert len(receipt["keys"]) == found.document["keys_destroyed"]
    assert (receipt["order_no"], receipt["ground"], receipt["position"]) == (
        closed,
        "本人申请",
        found.document["position"],
    )


def test_an_order_nobody_knows_is_one_clear_line(dingze: Dingze) -> None:
    found = dingze("erase", "NOBODY", "--ground", "本人申请", "--json")
    assert (found.code != 0, found.out) == (True, "")
    assert found.err.startswith("casework.no-such-order: ")
