"""A boundary case from opening to decision, through the pages and by those whose turn it is."""

from collections.abc import Iterator
from datetime import date, timedelta

import httpx
import pytest

from casework.desk import CASES
from console.administration.people import Account
from console.bianban.case_sides import differing
from terms.actors import Role
from terms.ids import UnitCode, order_stream
from tests.console.city import START, Browser, Town, order, served

OFFICER, DIRECTOR = "yz-03-bianban", "yz-04-bianban-director"
CHENGGUAN, FANGGUAN = "yz-08-unit-leader", "yz-17-leader-fangguan"
SCAN = {"scan": ("决定.pdf", b"%PDF-1.7 decided", "application/pdf")}


@pytest.fixture
def house(town: Town) -> Iterator[tuple[Town, str]]:
    """A town with an order two departments quarrel over."""
    town.people.add_missing([Account(FANGGUAN, "样例房管分管领导", Role.UNIT_LEADER, UnitCode("C05"), sample=True)])
    town.receive(order("JX0001", "小区业主在楼道违规安装充电桩，物业不管"))
    town.dispatch("JX0001", "C05")
    town.engine.catch_up()
    with served(town.app()) as address:
        yield town, address


def clause_of(town: Town, unit: str) -> str:
    """A clause of that unit in force."""
    register = town.register.as_of(START.date())
    return next(str(code) for code, one in register.clauses.items() if one.unit == unit and one.section == "主要职责")


class Desk:
    """The people of the case, each at a browser of their own."""

    def __init__(self, town: Town, address: str) -> None:
        self.town, self.number = town, "JX-2026-001"
        self.browsers = {one: Browser(address, one) for one in (OFFICER, DIRECTOR, CHENGGUAN, FANGGUAN)}

    def act(self, who: str, slug: str, files: object = None, **fields: object) -> httpx.Response:
        """Somebody presses a button of the case file and fills in its form."""
        browser = self.browsers[who]
        version = self.town.desk.load(CASES, self.number).version
        data = {"csrf": browser.csrf(), "seen": str(version)} | fields
        answer = browser.post(f"/cases/act/{slug}/{self.number}", data=data, files=files)  # type: ignore[arg-type]
        self.town.engine.catch_up()
        return answer

    def must(self, who: str, slug: str, files: object = None, **fields: object) -> None:
        """The same, and it is done."""
        offered = self.browsers[who].get(f"/cases/{self.number}").text
        assert f"/cases/act/{slug}/{self.number}" in offered, f"{slug} is not offered to {who}"
        answer = self.act(who, slug, files, **fields)
        assert answer.status_code == 303, (slug, answer.text)


def opened(town: Town, address: str) -> Desk:
    """A case opened by 编办 on the form of the board."""
    desk = Desk(town, address)
    form = {
        "number": desk.number, "matter": "楼道充电桩", "opened_by": "bianban", "parties": ["C03", "C05"],
        "question": "楼道内违规充电桩由谁主办",
        "chosen": f"C03 {clause_of(town, 'C03')}", "clauses": f"C05 {clause_of(town, 'C05')}",
        "orders": "JX0001", "jurisdiction": "duty", "csrf": desk.browsers[OFFICER].csrf(),
    }  # fmt: skip
    answer = desk.browsers[OFFICER].post("/cases/open", data=form)
    assert answer.status_code == 303 and answer.headers["location"] == f"/cases/{desk.number}", answer.text
    town.engine.catch_up()
    return desk


def points(town: Town) -> dict[str, object]:
    """Two rows of duty points as the form sends them."""
    return {
        "point_link": ["执法", "监管"], "point_unit": ["C03 城管", "C05"], "lead": "C03 城管",
        "point_clause": [clause_of(town, "C03"), clause_of(town, "C05")],
        "point_text": ["查处楼道内违规安装", "督促物业劝阻并报告"],
    }  # fmt: skip


def test_a_case_goes_from_opening_to_decision_on_its_own_pages(house: tuple[Town, str]) -> None:
    """stage C, item 3: from opening to decision; open orders of the matter are proposed for again."""
    town, address = house
    desk = opened(town, address)
    desk.must(OFFICER, "negotiate", attended=["C03", "C05"], summary="各执一词")
    desk.must(CHENGGUAN, "apply", matter="楼道充电桩", own_efforts="一次", main_dispute="谁主办", reasons="条目不同",
              basis=[clause_of(town, "C03")])  # fmt: skip
    desk.must(OFFICER, "accept", verdict="yes")
    desk.must(OFFICER, "ask")
    for who, unit in ((CHENGGUAN, "C03"), (FANGGUAN, "C05")):
        desk.must(who, "opinion", position=f"{unit}认为应由对方主办", clauses=[clause_of(town, unit)])
    desk.must(OFFICER, "meet", attended=["C03", "C05"], summary="未能一致")
    desk.must(DIRECTOR, "issue", doc_no="云编函〔2026〕1号", reasoning="由执法单位主办", effective_from="2026-11-17",
              **points(town))  # fmt: skip
    page = desk.browsers[OFFICER].get(f"/cases/{desk.number}").text
    assert "生效后会改变什么" in page and "JX0001" in page and "新增" in page
    desk.must(FANGGUAN, "answer", agrees="no", note="另有考虑")
    desk.must(DIRECTOR, "report", body=town.city.cases.competent_bodies[0], summary="请决定")
    desk.must(OFFICER, "decide", SCAN, body=town.city.cases.competent_bodies[0], doc_no="云编委〔2026〕9号",
              decided_on="2026-11-16", effective_from="2026-11-17", **points(town))  # fmt: skip
    case = town.desk.load(CASES, desk.number).state
    assert case.outcome == "decision" and case.decision is not None and case.written is not None
    kept = f"/api/v1/cases/{desk.number}/scans/{case.decision.scan.digest}"
    assert desk.browsers[CHENGGUAN].get(kept).content == SCAN["scan"][1], "the scan is kept, and opened by a party"
    told = desk.browsers[OFFICER].get(f"/cases/{desk.number}").text
    assert "云编委〔2026〕9号" in told and "写入职责颗粒点" in told and "已了结" in told
    assert "城管局“三定”（" in told and "结案方式</dt><dd>机关决定" in told, "clauses and endings by their names"
    register = town.register.as_of(case.written.effective_from)
    assert all(item in register.duty_points for item in case.written.items), "what was decided stands in the register"
    assert "机关决定" in desk.browsers[OFFICER].get("/cases").text
    lead = town.desk.order("JX0001").lead
    town.now += timedelta(days=2)
    town.work()
    anew = [one.payload for one in town.ledger.stream(order_stream("JX0001")) if one.type == "AssignmentProposed"][-1]
    assert anew["why"] == "decided", "an open order of the matter is proposed for again, and shown"
    assert town.desk.order("JX0001").lead == lead, "it is a person who moves it"


def test_cases_are_found_by_words_party_step_and_deadline(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    officer = desk.browsers[OFFICER]

    def found(**asked: str) -> int:
        return len(officer.get("/cases.json", params=asked).json()["cases"])

    due = officer.get("/cases.json").json()["cases"][0]["due"]
    assert due is None or date.fromisoformat(due) >= START.date()
    desk.must(OFFICER, "negotiate", attended=["C03", "C05"], summary="各执一词")
    desk.must(CHENGGUAN, "apply", matter="楼道充电桩", own_efforts="一次", main_dispute="谁主办", reasons="条目不同",
              basis=[clause_of(town, "C03")])  # fmt: skip
    desk.must(OFFICER, "accept", verdict="yes")
    desk.must(OFFICER, "ask")
    due = officer.get("/cases.json").json()["cases"][0]["due"]
    before = (date.fromisoformat(due) - timedelta(days=1)).isoformat()
    for asked in ({"q": "充电桩"}, {"unit": "C05"}, {"due": due}, {"step": "征求意见"}):
        assert found(**asked) == 1
    for asked in ({"q": "别的"}, {"unit": "C16"}, {"due": before}, {"step": "自行协商"}):
        assert found(**asked) == 0
    assert due in officer.get("/cases").text


def test_what_was_not_asked_for_yet_is_not_offered_and_is_refused(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    page = desk.browsers[DIRECTOR].get(f"/cases/{desk.number}").text
    assert "/cases/act/negotiate/" in page and "/cases/act/issue/" not in page and "/cases/act/decide/" not in page
    head = town.ledger.head()
    assert (
        desk.act(DIRECTOR, "issue", doc_no="x", reasoning="x", effective_from="2026-11-17", **points(town)).status_code
        == 409
    )
    assert desk.act(CHENGGUAN, "accept", verdict="yes").status_code == 403
    assert town.ledger.head() == head, "nothing was written"


def test_who_saw_an_older_version_is_told_what_happened_meanwhile(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    desk.must(OFFICER, "negotiate", attended=["C03", "C05"], summary="一次")
    answer = desk.browsers[OFFICER].post(
        f"/cases/act/withdraw/{desk.number}",
        data={"csrf": desk.browsers[OFFICER].csrf(), "seen": "1", "reason": "已无争议"},
    )
    assert answer.status_code == 409 and "协商" in answer.text


def test_a_department_reads_its_own_cases_and_not_the_others_opinion(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    stranger = Browser(address, "yz-06-clerk-zhujian")
    assert stranger.get(f"/cases/{desk.number}").status_code == 404
    assert desk.number not in stranger.get("/cases").text
    assert desk.number in Browser(address, "yz-05-clerk-chengguan").get("/cases").text
    desk.must(OFFICER, "negotiate", attended=["C03", "C05"], summary="各执一词")
    desk.must(FANGGUAN, "apply", matter="楼道充电桩", own_efforts="一次", main_dispute="谁主办", reasons="条目不同",
              basis=[clause_of(town, "C05")])  # fmt: skip
    desk.must(OFFICER, "accept", verdict="yes")
    desk.must(OFFICER, "ask")
    desk.must(FANGGUAN, "opinion", position="此语只在房管意见中", clauses=[clause_of(town, "C05")])
    assert "此语只在房管意见中" in desk.browsers[OFFICER].get(f"/cases/{desk.number}").text
    assert "此语只在房管意见中" not in desk.browsers[CHENGGUAN].get(f"/cases/{desk.number}").text
    assert "此语只在房管意见中" not in desk.browsers[CHENGGUAN].get(f"/cases/{desk.number}.json").text


def test_a_case_can_be_read_as_of_a_day_before_it_went_on(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    town.later(days=2)
    desk.browsers[OFFICER] = Browser(address, OFFICER)
    desk.must(OFFICER, "negotiate", attended=["C03", "C05"], summary="两日后协商")
    then = desk.browsers[OFFICER].get(f"/cases/{desk.number}?as_of=2026-11-16").text
    assert "楼道内违规充电桩由谁主办" in then and "两日后协商" not in then and "/cases/act/" not in then, (
        "nothing can be done to the past"
    )
    assert desk.browsers[OFFICER].get(f"/cases/{desk.number}?as_of=2026-11-01").status_code == 404


def test_marks_show_what_the_other_clause_has_not() -> None:
    text = "负责城市道路养护和占道审批"
    spans = differing(text, ["负责城市道路养护和占道执法"])
    assert [text[start:end] for start, end, _ in spans] == ["审批"]
    assert differing(text, [text]) == () and differing(text, []) == ()
    text = "文化娱乐场所边界噪声的处罚"
    spans = differing(text, ["查处厂界噪声"])
    assert [text[start:end] for start, end, _ in spans] == ["文化娱乐场所边界", "的处罚"], "whole words only"


def test_a_decision_is_tried_on_past_orders_before_it_is_recorded(house: tuple[Town, str]) -> None:
    town, address = house
    desk = opened(town, address)
    officer, at = desk.browsers[OFFICER], f"/cases/what-if/{{}}/{desk.number}"
    officer.timeout = 180  # an index is built for the edition tried: some seconds of processor time
    form = points(town) | {"csrf": officer.csrf()}
    head = town.ledger.head()
    told = officer.post(at.format("decide"), data=form)
    assert told.status_code == 200 and "回放 <b>1</b> 件" in told.text, told.text[:400]
    assert "主办改变 <b>1</b> 件" in told.text and "JX0001" in told.text
    wrong = form | {"point_clause": [clause_of(town, "C05"), clause_of(town, "C05")]}
    assert officer.post(at.format("decide"), data=wrong).status_code == 409, "points the rules would not take"
    assert officer.post(at.format("drafted"), data=form).status_code == 422, "nothing is drafted yet"
    assert officer.post(at.format("sign"), data=form).status_code == 404
    party = desk.browsers[FANGGUAN]
    asked = party.post(at.format("decide"), data=form | {"csrf": party.csrf()})
    assert asked.status_code == 404, "it would show other units' orders"
    assert town.ledger.head() == head, "nothing is written"
    assert "推演" not in party.get(f"/cases/{desk.number}").text
