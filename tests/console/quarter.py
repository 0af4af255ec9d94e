"""A quarter of the sample city with something in every lane, for the tests of the API: whose is what is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import orjson

from casework import events as e
from casework.boundary_case import commands as b
from casework.finding import commands as f
from casework.lanes import FINDINGS as FINDINGS_LANE
from casework.papers.rendering import text_of
from casework.paperwork import commands as p
from casework.work_order import commands as c
from casework.work_order.state import WorkOrder
from console.access import scope
from console.administration.people import SCOPES, Account
from console.administration.sample_people import SAMPLE_ACCOUNTS
from ledger.envelope import Append, NewEvent
from mandates.sheets import Row
from terms.actors import Actor, Role
from terms.ids import UnitCode, order_stream
from tests.console.city import DISPATCHER, START, Town, order

REVIEWER = Actor("yz-02-reviewer", Role.REVIEWER, UnitCode("C26"))
OFFICER = Actor("yz-03-bianban", Role.BIANBAN_OFFICER, UnitCode("C39"))
DIRECTOR = Actor("yz-04-bianban-director", Role.BIANBAN_DIRECTOR, UnitCode("C39"))
DESK = Actor("yz-09-district-desk", Role.DISTRICT_DESK, UnitCode("D1"))
VIOLATION = "编制人员管理方面"
# number → who leads it (empty: nobody yet); the words of each are its own
ORDERS: Mapping[str, str] = {
    "LK-0001": "C03", "LK-0002": "C05", "LK-0003": "C04", "LK-0004": "D1-03", "LK-0005": "C16", "LK-0006": "",
    "LK-0007": "C03", "LK-0008": "C16", "LK-0009": "D2-03", "LK-0010": "C22",
}  # fmt: skip
CASES = {"JX-1": ("C03", "C05"), "JX-2": ("C16", "C04")}
PAPERS = {"GW-1": "LK-0001", "GW-2": "LK-0007", "GW-3": "WT-4"}
FINDINGS = {"WT-1": "C03", "WT-2": "C05", "WT-3": "C03", "WT-4": "C16"}
ACCOUNTS: tuple[Account, ...] = (
    *SAMPLE_ACCOUNTS,
    Account("yz-16-head-chengguan", "样例城管科长", Role.HEAD, UnitCode("C03"), sample=True),
    Account("yz-17-leader-fangguan", "样例房管分管领导", Role.UNIT_LEADER, UnitCode("C05"), sample=True),
)


def words(number: str) -> str:
    """The words of an order, which stand in no other."""
    return f"第{number[3:]}号路口的井盖松动有响声"


def words_in(answer: bytes) -> str:
    """What an answer says: its text, or that of the paper it is."""
    return text_of(answer) if answer.startswith(b"PK") else answer.decode()


@dataclass
class Quarter:
    """A town with orders, cases, findings and a digest; a token for every account."""

    town: Town
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.town.people.add_missing(ACCOUNTS)
        self.tokens = {
            one.account: self.town.people.issue_token(one.account, "测试程序", SCOPES, self.town.now)
            for one in ACCOUNTS
        }
        self._orders()
        self._cases()
        self._findings()
        self._papers()
        self.town.engine.catch_up()

    def _orders(self) -> None:
        told = [order(number, words(number), 标题=words(number)) for number in ORDERS]
        rows = [Row("test", place, dict(one), orjson.dumps(one)) for place, one in enumerate(told, 1)]
        for _ in self.town.gateway.admit(rows, now=self.town.now):
            pass
        for number, lead in ORDERS.items():
            if lead:
                self.town.desk.do(number, c.Dispatch(UnitCode(lead), reason="按职责派单"), DISPATCHER)
        self.town.desk.do("LK-0007", c.RequestReturn(
            UnitCode("C03"), "territory", place="东渡区", note="不在辖区", signatory="head-1"
        ), Actor("k1", Role.CLERK, UnitCode("C03")))  # fmt: skip
        self._whistle_blown("LK-0011")

    def _whistle_blown(self, number: str) -> None:
        """An order about 城管局 whose reporter is hidden; 城管局 and 房管局 are asked in consultation."""
        source = self.town.ledger.stream(order_stream("LK-0010"))[0]
        payload = source.payload | {
            "order_no": number, "sealed": {}, "masked": {}, "subject_units": ["C03"], "reporter_hidden": True,
        }  # fmt: skip
        fact = e.read(source.type, payload)
        new = NewEvent(source.type, fact.to_payload(), source.occurred_at, source.actor, schema=source.schema)
        self.town.ledger.append(Append(order_stream(number), 0, (new,)))
        asked = c.OpenConsultation((UnitCode("C03"), UnitCode("C05")), "是否属实")
        self.town.desk.do(number, asked, DISPATCHER)

    def _cases(self) -> None:
        do = self.town.desk.do_case
        for number, parties in CASES.items():
            units = tuple(UnitCode(unit) for unit in parties)
            theirs = tuple(no for no, lead in ORDERS.items() if lead in parties)
            do(number, b.OpenCase(f"{number}号事项", "bianban", units, "谁主办", orders=theirs), OFFICER)
            do(number, b.HoldNegotiation(UnitCode("C39"), units, "各执一词"), OFFICER)
            head = Actor("h1", Role.HEAD, units[0])
            do(number, b.ApplyForCoordination(units[0], "事项", "一次", "谁主办", "不清", self.clauses(units[0])), head)
            do(number, b.AcceptApplication(), OFFICER)
            do(number, b.AskOpinions(), OFFICER)
            for unit in units:
                opinion = b.GiveOpinion(unit, f"{unit}认为应由对方主办", self.clauses(unit))
                do(number, opinion, Actor("h1", Role.HEAD, unit))

    def clauses(self, unit: str) -> tuple[str, ...]:
        """A clause of that unit in force."""
        register = self.town.register.as_of(START.date())
        return tuple(str(code) for code, one in register.clauses.items() if one.unit == unit)[:1]

    def _findings(self) -> None:
        do = self.town.desk.do_finding
        for number, unit in FINDINGS.items():
            told = f.RaiseFinding("audit", VIOLATION, UnitCode(unit), f"{number}标题", f"{number}内容", evidence=("x",))
            do(number, told, OFFICER)
            if number != "WT-3":  # nobody told its unit yet
                do(number, f.GiveFeedback("请说明"), OFFICER)
        do("WT-2", f.IssueNotice("云编督字〔2026〕1号", "超职数配备", "限期整改"), DIRECTOR)
        due = self.town.desk.load(FINDINGS_LANE, "WT-2").state.rectification()
        assert due is not None
        now, self.town.now = self.town.now, due.due + timedelta(minutes=1)
        do("WT-2", f.ProposeHold(), OFFICER)
        do("WT-2", f.DecideHold(signed=True, reason="逾期未整改"), DIRECTOR)
        self.town.now = now
        items = (e.DigestItem(item="i1", matter="夜间施工噪声", units=(UnitCode("C03"), UnitCode("C16"))),)
        self.town.desk.do_digest("SL-1", f.OpenDigest(date(2026, 10, 1), date(2026, 10, 31), items), OFFICER)

    def _papers(self) -> None:
        """GW-1 is issued to 城管局, GW-2 a draft of 城管局, GW-3 a draft about a finding."""
        do = self.town.papers.do
        notice = p.WriteDispatchNotice(about="LK-0001")
        for command in (notice, p.ReviewPaper(passed=True), p.SignPaper()):
            do("GW-1", command, REVIEWER)
        do("GW-2", p.WriteReturnApplication(about="LK-0007"), Actor("h1", Role.HEAD, UnitCode("C03")))
        do("GW-3", p.WriteReminderLetter(about="WT-4", text="请说明进展"), OFFICER)

    # --- who may know of what ---

    def accounts(self) -> Iterator[Account]:
        """Everybody, in order."""
        yield from ACCOUNTS

    def header(self, account: str) -> dict[str, str]:
        """Signed in as that account."""
        return {"Authorization": f"Bearer {self.tokens[account]}"}

    def theirs(self, account: Account, number: str) -> bool:
        """Whether an order may be known to an account, as it stands now."""
        units = scope(account.actor, self.town.register.as_of(self.town.now.date()))
        found: WorkOrder = self.town.desk.order(number)
        return units is None or not units.isdisjoint(found.units())

    def leaked(self, account: Account, answer: str, asked: str) -> list[str]:
        """The orders an answer gives away: named though nobody asked by that name, or told in their own words."""
        return [
            number
            for number in (*ORDERS, "LK-0011")
            if ((number in answer and number not in asked) or words(number) in answer)
            and not self.theirs(account, number)
        ]
