"""`dingze ledger | projections | mandates`: shapes, and the exit that says whether a proof held."""

import os
from pathlib import Path

import orjson
import pytest
from openpyxl import load_workbook

from dingze.known import VIEWS
from tests.dingze.conftest import Dingze
from tests.ledger.database import damage

EVENT = {
    "position", "event_id", "stream", "version", "type", "schema", "occurred_at", "recorded_at", "actor", "cause",
    "correlation", "source", "source_key", "mark", "payload", "digest",
}  # fmt: skip


# --- ledger ---


def test_verify_proves_the_record(seen: Dingze) -> None:
    found = seen("ledger", "verify", "--json")
    assert found.code == 0
    assert set(found.document) == {"verified", "head", "digest", "seconds"}
    assert found.document["verified"] is True
    assert found.document["head"] > 8_000


def test_verify_names_the_position_of_a_changed_byte(dingze: Dingze) -> None:
    damage(os.environ["DINGZE_DATABASE_URL"], ["UPDATE ledger_events SET actor = 'somebody' WHERE position = 4000"])
    found = dingze("ledger", "verify", "--json")
    assert found.code != 0
    assert found.out == ""
    assert "4000" in found.err
    assert len(found.err.strip().splitlines()) == 1


def test_tail_gives_whole_events_with_their_boxes_sealed(seen: Dingze) -> None:
    events = seen("ledger", "tail", "--after", "3700", "--limit", "50", "--json").document["events"]
    assert len(events) == 50
    assert all(set(event) == EVENT for event in events)
    assert [event["position"] for event in events] == list(range(3701, 3751))


def test_export_writes_every_event_as_a_line(seen: Dingze, tmp_path: Path) -> None:
    found = seen("ledger", "export", tmp_path / "out.jsonl", "--json")
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines()
    assert found.document == {"written": len(lines), "file": str(tmp_path / "out.jsonl")}
    assert set(orjson.loads(lines[-1])) == EVENT


def test_export_without_a_file_writes_to_stdout(seen: Dingze) -> None:
    head = seen("ledger", "verify", "--json").document["head"]
    found = seen("ledger", "export", "--after", str(head - 3))
    assert [orjson.loads(line)["position"] for line in found.out.splitlines()] == [head - 2, head - 1, head]


# --- projections ---


def test_status_tells_how_far_every_view_is(seen: Dingze) -> None:
    found = seen("projections", "status", "--json")
    assert found.code == 0
    assert {view.name for view in VIEWS} <= {one["name"] for one in found.document["projections"]}
    for one in found.document["projections"]:
        assert {"name", "version", "generation", "position", "behind", "current", "stopped"} <= set(one)


def test_verify_folds_again_and_finds_every_view_the_same(dingze: Dingze) -> None:
    found = dingze("projections", "verify", "--json")
    assert found.code == 0
    assert set(found.document) == {"verified", "projections"}
    assert found.document["verified"] is True
    assert {one["name"] for one in found.document["projections"]} == {view.name for view in VIEWS}


def test_rebuild_of_one_view_leaves_the_others_alone(dingze: Dingze) -> None:
    found = dingze("projections", "rebuild", "queue", "--json")
    assert found.code == 0
    assert [one["name"] for one in found.document["rebuilt"]] == ["queue"]
    assert set(found.document["rebuilt"][0]) == {"name", "position", "stopped"}
    assert found.document["seconds"] > 0


@pytest.mark.parametrize("command", ["rebuild", "verify"])
def test_a_view_nobody_knows_is_one_clear_line(dingze: Dingze, command: str) -> None:
    found = dingze("projections", command, "nothing", "--json")
    assert (found.code != 0, found.out) == (True, "")
    assert len(found.err.strip().splitlines()) == 1


# --- mandates ---


def test_show_gives_the_register_a_unit_and_an_item(seen: Dingze) -> None:
    for what in ((), ("C03",), ("市城管局",), ("C03-SD-09",)):
        found = seen("mandates", "show", *what, "--json")
        assert found.code == 0, what
        assert found.document


def test_show_of_something_nobody_knows_is_one_clear_line(seen: Dingze) -> None:
    found = seen("mandates", "show", "X99-NOTHING", "--json")
    assert (found.code != 0, found.out) == (True, "")
    assert len(found.err.strip().splitlines()) == 1


def test_lint_finds_what_is_wrong(seen: Dingze) -> None:
    findings = seen("mandates", "lint", "--json").document["findings"]
    assert findings
    assert all({"code", "item", "message", "severity"} <= set(one) for one in findings)


def test_diff_of_a_day_with_itself_is_empty(seen: Dingze) -> None:
    assert seen("mandates", "diff", "2026-01-01", "2026-01-01", "--json").document["changes"] == []
    assert seen("mandates", "diff", "2014-01-01", "2026-01-01", "--json").document["changes"]


def test_a_reform_is_shown_and_kept_as_a_draft_that_changes_nothing(dingze: Dingze, tmp_path: Path) -> None:
    file = tmp_path / "reform.json"
    file.write_text(
        '{"kind": "更名", "sources": ["C03"], "into": ["C03"], "day": "2027-01-01", "new_name": "新城管局"}'
    )
    shown = dingze("mandates", "reform", file, "--json").document
    assert (shown["kind"], shown["carried"], shown["draft"]) == ("更名", {"departments": 1}, "")
    kept = dingze("mandates", "reform", file, "--draft", "城管局更名", "--as", "bianban_officer@C39", "--json").document
    assert kept["draft"].startswith("CA-")
    unit = dingze("mandates", "show", "C03", "--at", "2027-01-02", "--json").document["unit"]
    assert unit["name"] != "新城管局", "nobody has signed it"
    assert dingze("mandates", "reform", file, "--draft", "x", "--as", "clerk@C03", "--json").code != 0
    file.write_text('{"kind": "升格"}')
    assert dingze("mandates", "reform", file).code != 0


def test_import_takes_good_rows_in_and_names_the_bad_one(dingze: Dingze, tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(
        "kind,name,aliases,parent,unit,valid_from\n路,样例新路,,望湖区,D1,2026-01-01\n路,坏路,,望湖区,D1,not-a-day\n",
        encoding="utf-8",
    )
    found = dingze("mandates", "import", file, "--json")
    assert found.code == 0
    assert len(found.document["faults"]) == 1
    fault = found.document["faults"][0]
    assert {"file", "row", "column", "reason"} <= set(fault)
    assert fault["row"] == 3


def test_a_preview_writes_nothing(dingze: Dingze, tmp_path: Path) -> None:
    before = dingze("ledger", "verify", "--json").document["head"]
    file = tmp_path / "places.csv"
    file.write_text("kind,name,aliases,parent,unit,valid_from\n路,样例新路,,望湖区,D1,2026-01-01\n", encoding="utf-8")
    assert dingze("mandates", "import", file, "--preview", "--json").code == 0
    assert dingze("ledger", "verify", "--json").document["head"] == before


def test_links_are_proposed_by_the_machine_and_decided_by_the_bianban(dingze: Dingze, tmp_path: Path) -> None:
    file = tmp_path / "power_items.csv"
    file.write_text(
        "code,unit,type,name,instrument,valid_from\n"
        "C03-CF-901,C03,处罚,对占道经营流动摊贩乱堆乱放乱张贴的处罚,I-C03-QZ,2026-01-01\n"
        "C03-CF-902,C03,处罚,对建筑施工夜间噪声扰民的处罚,I-C03-QZ,2026-01-01\n",
        encoding="utf-8",
    )
    assert dingze("mandates", "import", file, "--json").document["faults"] == []
    proposed = dingze("mandates", "links", "propose", "--json").document["proposed"]
    assert proposed == 2
    assert dingze("mandates", "links", "propose", "--json").document["proposed"] == 0
    links = dingze("mandates", "links", "list", "--standing", "待确认", "--json").document["links"]
    assert len(links) == proposed
    right, wrong = links[0], links[1]
    named = [(one["kind"], one["clause"], one["target"]) for one in (right, wrong)]
    refused = dingze("mandates", "links", "confirm", *named[0], "--as", "clerk@C03")
    assert refused.code != 0 and refused.err.startswith("mandates.links-are-for-bianban")
    assert dingze("mandates", "links", "confirm", *named[0], "--as", "bianban_officer@C39", "--json").code == 0
    given = ("--reason", "不是一回事", "--as", "bianban_director@C39", "--json")
    assert dingze("mandates", "links", "reject", *named[1], *given).document["confirmed"] is False
    after = {one["target"]: one["standing"] for one in dingze("mandates", "links", "list", "--json").document["links"]}
    assert (after[right["target"]], after[wrong["target"]]) == ("已确认", "已否定")


def test_wordings_are_learned_by_the_machine_and_accepted_by_the_bianban(dingze: Dingze, tmp_path: Path) -> None:
    asked = ("mandates", "wordings", "propose", "--least-orders", "3", "--json")
    assert dingze(*asked).document["proposed"] >= 2
    assert dingze(*asked).document["proposed"] == 0
    waiting = dingze("mandates", "wordings", "list", "--standing", "待确认", "--json").document["wordings"]
    assert all(one["accepted"] >= 3 and one["orders"] for one in waiting)
    right, wrong = ((one["item"], one["wording"]) for one in waiting[:2])
    refused = dingze("mandates", "wordings", "accept", *right, "--as", "clerk@C03")
    assert refused.err.startswith("mandates.wordings-are-for-bianban")
    officer = ("--as", "bianban_officer@C39", "--json")
    assert dingze("mandates", "wordings", "accept", *right, *officer).document["accepted"] is True
    assert (
        dingze("mandates", "wordings", "reject", *wrong, "--reason", "不是事项", *officer).document["accepted"] is False
    )
    file = tmp_path / "wordings.csv"
    file.write_text(f"编号,日常说法\n{right[0]},{right[1]}|从未有人说过的说法\n", "utf-8")
    done = dingze("mandates", "wordings", "import", file, *officer).document
    assert (done["added"], done["unchanged"], done["faults"]) == (1, 1, [])
    shown = dingze("mandates", "show", right[0], "--json").document
    assert {right[1], "从未有人说过的说法"} <= set(shown["versions"][-1]["wordings"])


def test_the_comparison_of_a_unit_is_printed_with_what_has_no_partner(seen: Dingze, tmp_path: Path) -> None:
    file = tmp_path / "compared.xlsx"
    told = seen("mandates", "compare", "C03", "--out", file, "--json").document
    hints = {row["提示"] for row in told["rows"]}
    assert {""} < hints <= {"", "有责无权", "有权无责"}
    sheet = load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == list(told["rows"][0])
    assert sheet.max_row == len(told["rows"]) + 1
    assert seen("mandates", "compare", "C99").err.startswith("console.no-such-unit")
