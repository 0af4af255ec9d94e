"""`dingze do`: every command from the command line, in a role, under the same rules."""

import hashlib
from pathlib import Path

import pytest

from casework.catalogue import COMMANDS
from casework.papers.rendering import text_of
from dingze.commands.acting import body_of
from terms.errors import BadInput
from tests.dingze.conftest import Dingze


def sent(dingze: Dingze) -> str:
    """An order of the sample city that 城管局 may still be given, sent to it by hand."""
    assert dingze("ingest", "one.jsonl").code == 0
    told = ("do", "work-order", "DO-1", "Dispatch", "--field", "lead=C03", "--field", "reason=按职责派单")
    withdrawn = ("do", "work-order", "DO-1", "WithdrawDispatch", "--field", "reason=人工调整", "--as", "dispatcher")
    dingze(*withdrawn)  # the rule may have been first
    assert dingze(*told, "--as", "dispatcher@C26").code == 0
    return "DO-1"


@pytest.fixture
def order_no(dingze: Dingze) -> str:
    Path("one.jsonl").write_text(
        '{"工单编号": "DO-1", "标题": "井盖松动", "主要内容": "路口的井盖松动有响声"}\n',
        encoding="utf-8",
    )
    return sent(dingze)


def test_a_command_is_given_in_a_role_and_its_answer_is_one_document(dingze: Dingze, order_no: str) -> None:
    done = dingze("do", "work-order", order_no, "SignFor", "--field", "unit=C03", "--as", "clerk@C03", "--json")
    assert done.code == 0, done.err
    assert done.document["facts"] == ["WorkOrderSignedFor"] and done.document["command"] == "SignFor"
    last = dingze("ledger", "tail", "--limit", "1", "--json").document["events"][-1]
    assert (last["type"], last["actor"]) == ("WorkOrderSignedFor", "clerk:command-line@C03")
    seen = str(done.document["version"] - 1)
    late = dingze(
        "do", "work-order", order_no, "StartWork", "--json-body", '{"unit": "C03"}', "--as", "clerk@C03", "--seen", seen
    )
    assert late.code == 1 and late.err.startswith("casework.somebody-was-first")


def test_a_paper_is_written_signed_and_printed(dingze: Dingze, order_no: str, tmp_path: Path) -> None:
    """stage C, item 8, from the command line."""
    for told in (("WriteDispatchNotice", "--field", f"about={order_no}"), ("ReviewPaper", "--field", "passed=true")):
        assert dingze("do", "paper", "GW-1", *told, "--as", "reviewer").code == 0
    assert dingze("do", "paper", "GW-1", "SignPaper", "--as", "reviewer").code == 0
    file = tmp_path / "notice.docx"
    done = dingze("paper", "GW-1", "--as", "clerk@C03", "--output", str(file), "--json").document
    assert done["final"] and done["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert "派单通知" in text_of(file.read_bytes())
    signed = tmp_path / "签章件.pdf"
    signed.write_bytes(b"%PDF-1.7 signed")
    assert dingze("paper", "GW-1", "--as", "reviewer", "--attach", str(signed)).code == 0
    assert dingze("paper", "GW-1", "--as", "clerk@C03", "--scan", "--output", str(file)).code == 0
    assert file.read_bytes() == signed.read_bytes()
    refused = dingze("paper", "GW-1", "--as", "clerk@C03", "--sheet")
    assert refused.code == 1 and refused.err.startswith("console.page-not-yours")


def test_a_signed_scan_comes_along_with_a_decision_or_minutes_only(dingze: Dingze, tmp_path: Path) -> None:
    """stage C, item 3: recorded with its scan. A case that is not there is told before anything is kept."""
    scan = tmp_path / "决定.pdf"
    scan.write_bytes(b"%PDF-1.7 decided")
    point = '{"link": "执法", "unit": "C03", "text": "查处"}'
    told = {"body": "市人民政府", "doc_no": "云政〔2026〕9号", "decided_on": "2026-11-16", "lead": "C03"}
    fields = [f"--field={name}={value}" for name, value in (told | {"effective_from": "2026-12-01"}).items()]
    given = ("--as", "bianban_officer", "--attach", str(scan), *fields, f"--field=points=[{point}]")
    assert dingze("do", "case", "JX-9", "RecordDecision", *given).err.startswith("api.no-case")
    assert dingze("do", "work-order", "JX-9", "SignFor", *given).err.startswith("input.invalid")
    assert dingze("do", "case", "JX-9", "AskOpinions", *given).err.startswith("casework.no-such-command")


@pytest.mark.parametrize(
    ("who", "unit", "code"),
    [("clerk@C03", "C05", "rule.own-unit"), ("clerk@C05", "C05", "console.no-order"), ("auditor", "C03", "rule.role")],
)
def test_the_role_and_its_unit_decide_what_may_be_done(
    dingze: Dingze, order_no: str, who: str, unit: str, code: str
) -> None:
    refused = dingze("do", "work-order", order_no, "SignFor", "--field", f"unit={unit}", "--as", who)
    assert refused.code == 1 and refused.err.startswith(code), refused.err


@pytest.mark.parametrize(
    "told",
    [
        ("work-order", "X", "SignFor"),
        ("work-order", "X", "SignFor", "--as", "king"),
        ("work-order", "X", "SignFor", "--as", "clerk"),
        ("letter", "X", "SignFor", "--as", "clerk@C03"),
        ("work-order", "X", "SignFor", "--as", "clerk@C03", "--field", "unit"),
        ("work-order", "X", "SignFor", "--as", "clerk@C03", "--json-body", "[1]"),
        ("work-order", "X", "SignFor", "--as", "clerk@C03", "--field", "unit=[C03"),
    ],
)
def test_what_is_missing_is_named_in_one_line(called: Dingze, told: tuple[str, ...]) -> None:
    refused = called("do", *told)
    assert refused.code == 1 and refused.err.count("\n") <= 2 and "Traceback" not in refused.err


def test_the_list_names_every_command_with_its_roles_and_fields(called: Dingze) -> None:
    listed = {one["command"]: one for one in called("do", "--list", "--json").document["commands"]}
    assert set(listed) == set(COMMANDS)
    assert listed["SignFor"]["roles"] == ["clerk", "district_desk", "head", "unit_leader"]
    assert listed["AddToOrder"]["fields"] == ["attachments", "channel", "text"]
    assert "签收" in called("do", "--list").out


def test_fields_given_again_are_a_list_and_brackets_are_json() -> None:
    body = body_of("Dispatch", '{"reason": "x"}', ["lead=C03", "supports=C05", "citations=[]"])
    assert body == {"reason": "x", "lead": "C03", "supports": ["C05"], "citations": []}
    assert body_of("Nobody", "", ["unit=C03"]) == {"unit": "C03"}
    with pytest.raises(BadInput):
        body_of("Dispatch", "{", [])
