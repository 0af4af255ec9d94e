"""The register's pages: by document and matter, edition against edition, a change from upload to its day."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from mandates.enact import enact
from mandates.model import Clause, Instrument, InstrumentKind, Section, Span
from terms.ids import ClauseId, InstrumentId, UnitCode
from tests.console.city import START, Browser, Town, order, served
from tests.mandates.paper import chaptered

OFFICER, SECOND, DIRECTOR = "yz-03-bianban", "yz-16-bianban-second", "yz-04-bianban-director"
FORM = {"title": "城管局条目修订"}
CLAUSE = "C03-ZF-90"
ROWS = (
    "编号,单位,文件,序号,部分,内容,角色,生效日期\n"
    "C03-ZF-90,C03,I-C03-SD,（九十）,主要职责,负责共享单车停放秩序的监督管理。,主体,2026-12-01\n"
    "C03-ZF-91,C03,I-C03-SD,（九十一）,没有这个部分,负责什么。,主体,2026-12-01\n"
    "C03-ZF-92,C03,I-NOWHERE,（九十二）,主要职责,指导有关工作。,主体,2026-12-01\n"
).encode()


@pytest.fixture
def desk(town: Town) -> Iterator[tuple[Town, str]]:
    """A town and its address."""
    with served(town.app()) as address:
        yield town, address


def send(browser: Browser, path: str, name: str, content: bytes, **fields: str):  # type: ignore[no-untyped-def]
    """Post files as the page does."""
    return browser.post(path, data=FORM | fields | {"csrf": browser.csrf()}, files={"files": (name, content)})


def seen(preview: str) -> str:
    """The digest a preview is good for."""
    return preview.split('name="seen" value="')[1].split('"')[0]


def filed(browser: Browser, name: str = "clauses.csv", content: bytes = ROWS, **fields: str) -> str:
    """Preview and keep; the number of the draft."""
    found = seen(send(browser, "/mandates/import/preview", name, content, **fields).text)
    kept = send(browser, "/mandates/import", name, content, seen=found, **fields)
    assert kept.status_code == 303, kept.text
    return kept.headers["location"].rpartition("/")[2]


def step(browser: Browser, slug: str, draft: str, **fields: str) -> int:
    return browser.fill(f"/mandates/drafts/act/{slug}/{draft}", **fields).status_code


def test_a_preview_shows_rows_faults_with_their_place_lint_and_changes_and_writes_nothing(
    desk: tuple[Town, str],
) -> None:
    town, address = desk
    head = town.ledger.head()
    officer = Browser(address, OFFICER)
    told = send(officer, "/mandates/import/preview", "clauses.csv", ROWS).text
    assert "“三定”条目 <b>2</b> 条" in told
    assert (
        '<td>clauses.csv</td><td class="dz-num">3</td>' in told
        and "须为 主要职责、职能转变" in told
        and "<td>部分</td>" in told
    )
    assert "I-NOWHERE" in told and "错误" in told, "lint: a document that is not in force"
    assert "负责共享单车停放秩序的监督管理。" in told and "新增" in told
    assert town.ledger.head() == head
    for name, content in (("x.doc", b"x"), ("x.xlsx", b"PK broken")):
        refused = send(officer, "/mandates/import/preview", name, content)
        assert refused.status_code == 422, (name, refused.text[:200])


def test_a_draft_goes_through_three_people_and_then_holds_from_its_day(desk: tuple[Town, str]) -> None:
    town, address = desk
    officer, second, director = (Browser(address, one) for one in (OFFICER, SECOND, DIRECTOR))
    draft = filed(officer)
    assert town.register.as_of(date(2026, 12, 1)).text_of(ClauseId(CLAUSE)) is None
    assert step(officer, "agree", draft) == 403 and step(director, "put-in-force", draft) == 409
    page = second.get(f"/mandates/drafts/{draft}").text
    assert "审核通过" in page and "签发生效" not in page and "1 行未能读入" in page
    assert step(second, "agree", draft, note="可以") == 303
    assert step(second, "put-in-force", draft) == 403
    assert "签发生效" in director.get(f"/mandates/drafts/{draft}").text
    assert step(director, "put-in-force", draft, valid_from="2026-11-01") == 422, "no day that is past"
    assert step(director, "put-in-force", draft, valid_from="2026-12-15") == 303
    assert town.register.as_of(date(2026, 12, 14)).text_of(ClauseId(CLAUSE)) is None
    assert town.register.as_of(date(2026, 12, 15)).text_of(ClauseId(CLAUSE)) == "负责共享单车停放秩序的监督管理。"
    told = officer.get(f"/mandates/drafts/{draft}.json").json()
    people = [told["draft"][name] for name in ("by", "reviewed_by", "enacted_by")]
    assert people == [OFFICER, SECOND, DIRECTOR] and told["valid_from"] == "2026-12-15"
    assert [row["step"] for row in officer.get("/mandates/drafts.json").json()["drafts"]] == ["已发布"]
    assert officer.get("/mandates/drafts").status_code == 200


def test_what_is_kept_is_what_was_previewed(desk: tuple[Town, str]) -> None:
    town, address = desk
    officer = Browser(address, OFFICER)
    found = seen(send(officer, "/mandates/import/preview", "clauses.csv", ROWS).text)
    for content, fields in ((ROWS.replace("单车".encode(), "汽车".encode()), {}), (ROWS, {"valid_from": "2027-01-01"})):
        assert send(officer, "/mandates/import", "clauses.csv", content, seen=found, **fields).status_code == 409
    enact(town.ledger, [_paper("公开")], at=START, actor="test")
    assert send(officer, "/mandates/import", "clauses.csv", ROWS, seen=found).status_code == 409
    assert not town.register.register().drafts.drafts


def test_workbooks_and_sanding_texts_come_in_the_same_way(desk: tuple[Town, str]) -> None:
    town, address = desk
    officer = Browser(address, OFFICER)
    book = openpyxl.Workbook()
    for line in ROWS.decode().splitlines()[:2]:
        book.active.append(line.split(","))  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    assert filed(officer, "clauses.xlsx", out.getvalue()).startswith("CA-2026-")
    told = send(officer, "/mandates/import/preview", "三定.docx", chaptered(), unit="C03", valid_from="2027-01-01").text
    assert "不再列入" in told and "失效" in told and "2027-01-01" in told
    draft = filed(officer, "三定.docx", chaptered(), unit="C03", valid_from="2027-01-01")
    assert town.register.register().drafts.drafts[draft].ended


def test_a_draft_is_tried_on_past_orders_before_it_holds(desk: tuple[Town, str]) -> None:
    town, address = desk
    officer = Browser(address, OFFICER)
    officer.timeout = 180  # an index is built for the edition tried: some seconds of processor time
    dangling = filed(officer)
    draft = filed(officer, content=b"\n".join(ROWS.splitlines()[:2]))
    assert officer.fill(f"/mandates/drafts/what-if/{draft}").status_code == 404, "no orders yet"
    town.receive(order("YZ9001", "望湖区路边烧烤店油烟很大"), order("YZ9002", "小区里共享单车乱停放没人管"))
    head = town.ledger.head()
    told = officer.fill(f"/mandates/drafts/what-if/{draft}")
    assert told.status_code == 200 and "回放 <b>2</b> 件" in told.text, told.text[:300]
    assert officer.fill(f"/mandates/drafts/what-if/{dangling}").status_code == 422, "it leads to no document"
    assert town.ledger.head() == head


def test_a_reform_is_previewed_with_what_hangs_on_it_and_goes_the_same_way(desk: tuple[Town, str]) -> None:
    town, address = desk
    town.receive(order("YZ9003", "望湖区路边烧烤店油烟很大"))
    town.dispatch("YZ9003", "C16")
    officer = Browser(address, OFFICER)
    fields = {
        "title": "园林局并入城管局", "kind": "合并", "sources": ["C16", "C03"],
        "establish": "C90 云泽市城市管理和园林局", "day": "2027-01-01", "csrf": officer.csrf(),
    }  # fmt: skip
    head = town.ledger.head()
    told = officer.post("/mandates/reform/preview", data=fields)
    assert told.status_code == 200, told.text[:300]
    assert "云泽市城市管理和园林局" in told.text and "YZ9003" in told.text and "在办工单 <b>1</b> 件" in told.text
    assert town.ledger.head() == head
    assert officer.post("/mandates/reform", data=fields | {"seen": "x"}).status_code == 409
    kept = officer.post("/mandates/reform", data=fields | {"seen": seen(told.text)})
    draft = kept.headers["location"].rpartition("/")[2]
    assert "云泽市城市管理和园林局" in officer.get(f"/mandates/drafts/{draft}").text
    assert step(Browser(address, SECOND), "agree", draft) == 303
    assert step(Browser(address, DIRECTOR), "put-in-force", draft) == 303
    after = town.register.as_of(date(2027, 1, 1))
    assert UnitCode("C90") in after.units and UnitCode("C16") not in after.units
    assert UnitCode("C16") in town.register.as_of(date(2026, 12, 31)).units
    assert town.register.register().successor(UnitCode("C16"), date(2027, 1, 1)) == "C90"
    versions = officer.get("/mandates/items/C16-SD-03?at=2027-01-01").text.partition("历次版本")[2]
    assert "园林局（" in versions or ">园林局<" in versions, "whose the duty was, version by version"


def test_a_reform_that_cannot_be_is_refused_with_the_reason(desk: tuple[Town, str]) -> None:
    officer = Browser(desk[1], OFFICER)
    usual = {"title": "x", "kind": "更名", "sources": "C03", "new_name": "新局", "day": "2027-01-01"}
    for wrong in ({"kind": "合并"}, {"sources": "X99"}, {"new_name": ""}, {"kind": "升格"}, {"assign": "C03-1"}):
        refused = officer.fill("/mandates/reform/preview", **(usual | wrong))
        assert refused.status_code == 422, wrong
    assert officer.fill("/mandates/reform/preview", **usual).status_code == 200


def test_where_each_clause_goes_is_chosen_from_a_list(desk: tuple[Town, str]) -> None:
    officer = Browser(desk[1], OFFICER)
    handed = {"title": "x", "kind": "职责划转", "sources": "C04", "into": "C03", "day": "2027-01-01"}
    assert "C04-SD-03=C03" in (listed := officer.fill("/mandates/reform/clauses", **handed).text) and "不划转" in listed
    told = officer.fill("/mandates/reform/preview", **handed, assign_to="C04-SD-03=C03").text
    assert "“三定”条目 1 条" in told, "only what was chosen goes"
    assert (
        'value="C04-SD-03=C03" selected'
        in officer.fill("/mandates/reform/clauses", **handed, assign_to="C04-SD-03=C03").text
    ), "what was chosen stays chosen"
    assert officer.fill("/mandates/reform/clauses", **(handed | {"into": ""})).status_code == 422


def test_only_the_bianban_drafts(desk: tuple[Town, str]) -> None:
    clerk = Browser(desk[1], "yz-05-clerk-chengguan")
    for path in ("/mandates/drafts", "/mandates/import", "/mandates/reform", "/mandates/drafts/CA-2026-001"):
        assert clerk.get(path).status_code == 403, path
    for path in ("/mandates/import/preview", "/mandates/reform/preview", "/mandates/drafts/act/agree/CA-2026-001"):
        assert clerk.fill(path).status_code == 403, path
    assert Browser(desk[1], OFFICER).get("/mandates/drafts/CA-2026-999").status_code == 404


def test_documents_and_matters_are_browsed_and_a_closed_one_is_not_shown_on_any_page(desk: tuple[Town, str]) -> None:
    town, address = desk
    secret = "负责某项不公开工作的秘密条目。"
    day = date(2026, 3, 1)
    closed = Clause(
        ClauseId("C03-MM-01"), UnitCode("C03"), _paper().id, "（一）", Section.DUTIES, secret, span=Span(day)
    )
    enact(town.ledger, [_paper(), closed], at=START, actor="test")
    clerk, officer = Browser(address, "yz-05-clerk-chengguan"), Browser(address, OFFICER)
    pages = (
        "/mandates/instruments?unit=C03", "/mandates/changes?before=2026-02-01&after=2026-04-01", "/mandates?unit=C03",
        "/mandates/units/C03", "/mandates/instruments/I-C03-MM", "/mandates/items/C03-MM-01", "/mandates/matters",
        "/mandates/items/C03-MM-01?at=2026-02-01", "/clauses?field=clause&unit=C03&q=不公开", "/find?q=C03-MM-01",
    )  # fmt: skip
    for path in pages:
        for twin in (path, path.replace("?", ".json?", 1) if "?" in path else f"{path}.json"):
            text = clerk.get(twin).text
            assert secret not in text and "关于某工作的内部规定" not in text, twin
    assert secret in officer.get("/mandates/changes?before=2026-02-01&after=2026-04-01").text
    assert secret in officer.get("/mandates/units/C03").text
    assert "另有 2 处因密级不显示" in clerk.get("/mandates/changes?before=2026-02-01&after=2026-04-01").text
    listed = clerk.get("/mandates/instruments.json?unit=C03").json()["instruments"]
    assert listed and all(row["holds"] for row in listed if row["kind"] == "“三定”规定")
    found = clerk.get("/mandates/matters.json?q=油烟").json()["matters"]
    assert found and all(row["links"] or row["boundary"] for row in found)
    assert clerk.get("/mandates/changes.xlsx?before=2026-02-01&after=2026-04-01").status_code == 200


def test_two_editions_are_compared_to_the_word(desk: tuple[Town, str]) -> None:
    town, address = desk
    old = next(one for one in town.register.as_of(START.date()).clauses.values() if one.unit == "C03")
    new = Clause(
        old.id,
        old.unit,
        old.instrument,
        old.number,
        old.section,
        old.text + "并受理举报。",
        old.role,
        span=Span(date(2026, 11, 1)),
    )
    enact(town.ledger, [new], at=START, actor="test")
    clerk = Browser(address, "yz-05-clerk-chengguan")
    page = clerk.get("/mandates/changes").text
    assert "<mark>并受理举报。</mark>" in page, "the last change without asking"
    told = clerk.get("/mandates/changes.json?before=2026-10-31&after=2026-11-01&kind=changed").json()
    assert [one["key"] for one in told["changes"]] == [old.id]
    assert clerk.get("/mandates/changes?before=2026-12-01&after=2026-01-01").status_code == 422
    assert clerk.get("/mandates/changes.json?before=2026-11-02&after=2026-11-03").json()["total"] == 0


def test_a_comparison_names_units_and_clauses_and_opens_each_on_its_day(desk: tuple[Town, str]) -> None:
    town, address = desk
    register = town.register.as_of(START.date())
    old = next(one for one in register.boundary_items.values() if one.lead == "C03" and len(one.division) > 1)
    (unit, words), *others = old.division
    other = next(one.id for one in register.clauses.values() if one.unit == "C04" and one.number == "（三）")
    new = replace(
        old, division=((unit, words + "并回访"), *others), clauses=(*old.clauses, other), span=Span(date(2026, 11, 1))
    )
    enact(town.ledger, [new], at=START, actor="test")
    clerk = Browser(address, "yz-05-clerk-chengguan")
    page = clerk.get("/mandates/changes?before=2026-10-31&after=2026-11-01").text
    assert f"{register.units[unit].name}：{words}<mark>并回访</mark>" in page and "住建局“三定”（三）" in page
    for code in (*(one for one, _ in old.division), other):
        assert f"{code}：" not in page and f"{code}、" not in page and f"、{code}" not in page
    assert f'href="/mandates/items/{old.id}?at=2026-11-01"' in page
    assert clerk.get(f"/mandates/items/{old.id}?at=2026-11-01").status_code == 200


def _paper(secrecy: str = "秘密") -> Instrument:
    return Instrument(
        InstrumentId("I-C03-MM"), InstrumentKind.SANDING, "《关于某工作的内部规定》", unit=UnitCode("C03"),
        secrecy=secrecy, openness="不公开", span=Span(date(2026, 3, 1)),
    )  # fmt: skip
