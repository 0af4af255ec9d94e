"""The boundary cases of the sample month, one by every road.

Each is about something the orders of the month quarrel over; minutes take effect with the month after, the decision on
the day it is made.
"""

from casework import events as e
from casework.boundary_case import commands as b
from casework.events.fact import Attachment
from sample.cast import BIANBAN_OFFICER, JUSTICE_OFFICER, REVIEWER, head, unit_leader
from sample.matter_lane import Lane
from sample.stage import Life
from terms.ids import UnitCode
from terms.messages import sentence

POLICE, TRAFFIC, STREETS, SITES, HOMES = (UnitCode(code) for code in ("C01", "C02", "C03", "C04", "C05"))
NOISE, FARMS, CLEANING, BIANBAN = (UnitCode(code) for code in ("C11", "C15", "E12", "C39"))
POST = sentence("role.unit_leader")
LOCKS = ("031", "187", "302")
CARCASSES = ("045", "078")
DRONES = ("067", "138")


class Cases(Lane):
    """The four cases."""

    def begin(self) -> None:
        """Let each begin on its day."""
        for day, life in (
            (6, self._drones()),
            (9, self._carcasses()),
            (13, self._night_work()),
            (21, self._ground_locks()),
        ):
            self.stage.begin(life, self.on(day))

    def _night_work(self) -> Life:
        """夜间施工噪音: opened by 城管, negotiated in vain, taken up by 编办; an opinion is still due."""
        case = self.case_no(3)
        stands = ((STREETS, "C03-SD-09"), (SITES, "C04-SD-03"), (NOISE, "C11-SD-04"))
        opened = b.OpenCase(
            "夜间施工噪音",
            "department",
            (STREETS, SITES, NOISE),
            "夜间施工噪声由出具证明的部门、行使处罚权的部门还是噪声统一监管部门牵头受理和答复？",
            "DP-C03-023",
            clauses=tuple(e.CitedBy(unit=unit, clause=clause) for unit, clause in stands),
        )
        self.do_case(case, opened, head(STREETS))
        yield self.after(3)
        words = "三方对现场查处没有分歧，对“无证明施工由谁先到场”意见不一，未达成一致。"
        self.do_case(case, b.HoldNegotiation(STREETS, (STREETS, SITES, NOISE), words), head(STREETS))
        yield self.after(3)
        application = b.ApplyForCoordination(
            STREETS,
            matter="夜间施工噪声诉求的牵头受理",
            own_efforts="自行协商一次，就证明信息共享达成一致，牵头受理未达成一致。",
            main_dispute="城管认为应由出具夜间作业证明的住建先行核实；住建认为处罚权已经集中，应由城管到场。",
            reasons="近一月此类诉求反复退派，群众等待时间长。",
            basis=("C03-SD-09", "C04-SD-03"),
        )
        self.do_case(case, application, unit_leader(STREETS))
        yield self.after(1)
        self.do_case(case, b.AcceptApplication(), BIANBAN_OFFICER)
        yield self.after(1)
        self.do_case(case, b.AskOpinions(), BIANBAN_OFFICER)
        yield self.after(2)
        mine = "处罚权由我局集中行使，但有无夜间作业证明须由住建先行核实。"
        self.do_case(case, b.GiveOpinion(STREETS, mine, ("C03-SD-09",), proposed_lead=SITES), head(STREETS))
        yield self.after(1)
        theirs = "我局负责证明和文明施工监管，噪声扰民的现场查处应由城管牵头。"
        self.do_case(case, b.GiveOpinion(SITES, theirs, ("C04-SD-03",), proposed_lead=STREETS), head(SITES))

    def _carcasses(self) -> Life:
        """宠物尸体: nobody's; the departments agree in minutes, which are filed and write duty points."""
        case = self.case_no(2)
        parties = (FARMS, CLEANING, STREETS)
        question = "城区死亡宠物的收运和无害化处理没有单位的条目写明，由谁收运、由谁处理、由谁监管？"
        opened = b.OpenCase("城区宠物尸体处置", "bianban", parties, question, orders=self.orders(CARCASSES))
        self.do_case(case, opened, BIANBAN_OFFICER)
        yield self.after(4)
        words = "一致同意按收运、无害化处理监管两段划分。"
        self.do_case(case, b.HoldNegotiation(BIANBAN, parties, words), BIANBAN_OFFICER)
        yield self.after(2)
        collected = e.PointDraft(
            link="处置",
            unit=CLEANING,
            text="城区公共区域和居民区死亡宠物的预约收集、运送。",
            base_clause="E12-TX-02",
            wordings=("死狗没人收", "死猫没人收", "宠物尸体", "宠物死了怎么处理"),
        )
        watched = e.PointDraft(
            link="监管",
            unit=FARMS,
            text="死亡宠物无害化处理场所的设置和监督管理。",
            base_clause="C15-SD-07",
            supports=(CLEANING,),
            wordings=("宠物无害化处理", "埋宠物", "宠物火化"),
        )
        draft = b.DraftMinutes(
            BIANBAN, "关于城区宠物尸体处置职责分工的协商纪要", FARMS, (watched, collected), (CLEANING,)
        )
        self.do_case(case, draft, BIANBAN_OFFICER)
        for unit in parties:
            yield self.after(1)
            self.do_case(case, b.SignMinutes(unit, POST), unit_leader(unit))
        yield self.after(1)
        scan = Attachment(name="协商纪要扫描件.pdf", kind="scan", reference=f"papers/{case}.pdf")
        self.do_case(case, b.FileMinutes(f"云城纪〔{self.first.year}〕1号", self.in_force, scan), BIANBAN_OFFICER)

    def _ground_locks(self) -> Life:
        """私装地锁: opened from orders by the reviewer; the departments have met once."""
        case, parties = self.case_no(4), (STREETS, TRAFFIC, HOMES)
        question = "未划线的公共空地和小区公共部位私装地锁，由城管、交警还是房管查处？"
        orders = self.orders(LOCKS)
        if not orders:
            return
        opened = b.OpenCase("停车共享与地锁", "orders", parties, question, "DP-C03-025-2", orders=orders)
        self.do_case(case, opened, REVIEWER)
        yield self.after(4)
        words = "城市道路内由交警、物业管理区域内由房管会同街道，其余由城管；空地权属认定待补充材料。"
        self.do_case(case, b.HoldNegotiation(BIANBAN, parties, words), BIANBAN_OFFICER)

    def _drones(self) -> Life:
        """低慢小无人机: a question of enforcement basis; not agreed, reported upward, decided, recorded.

        Decided in the middle of the month, so that orders come in after it and a reader sees what it changed.
        """
        case, parties = self.case_no(1), (POLICE, NOISE)
        question = "居民区夜间飞行无人机的噪声和偷拍，依据哪一部法律由谁查处？"
        opened = b.OpenCase(
            "城市无人机与低慢小",
            "instruction",
            parties,
            question,
            "DP-C01-052",
            orders=self.orders(DRONES),
            instruction="市政府热线工作例会要求明确",
            jurisdiction="enforcement_basis",
        )
        self.do_case(case, opened, BIANBAN_OFFICER)
        convener = UnitCode(self.stage.desk.city.justice_unit)
        yield self.after(1)
        words = "双方对飞行管理无分歧，对噪声查处依据意见不一。"
        self.do_case(case, b.HoldNegotiation(convener, parties, words), JUSTICE_OFFICER)
        yield self.after(1)
        application = b.ApplyForCoordination(
            POLICE,
            matter="无人机噪声扰民的执法依据",
            own_efforts="自行协商一次，飞行管理部分达成一致。",
            main_dispute="噪声部分适用治安管理规定还是噪声污染防治规定。",
            reasons="多件诉求无单位承办。",
            basis=("C01-SD-08", "C11-SD-04"),
        )
        self.do_case(case, application, head(POLICE))
        yield self.after(1)
        self.do_case(case, b.AcceptApplication(), JUSTICE_OFFICER)
        self.do_case(case, b.AskOpinions(), JUSTICE_OFFICER)
        yield self.after(1)
        self.do_case(
            case, b.GiveOpinion(POLICE, "飞行管理由我局负责，噪声应由生态环境监管。", ("C01-SD-08",)), head(POLICE)
        )
        self.do_case(case, b.GiveOpinion(NOISE, "属社会生活噪声，应由公安查处。", ("C11-SD-04",)), head(NOISE))
        yield self.after(1)
        self.do_case(case, b.HoldMeeting(parties, "司法局说明法律适用，双方各自陈述。"), JUSTICE_OFFICER)
        yield self.after(1)
        point = e.PointDraft(
            link="执法",
            unit=POLICE,
            text="居民区低慢小航空器违规飞行、偷拍和由此产生的社会生活噪声的查处。",
            base_clause="C01-SD-08",
            supports=(NOISE,),
            wordings=("无人机扰民", "无人机偷拍", "无人机噪音"),
        )
        reasons = "社会生活噪声由公安机关查处，飞行管理亦属其职责，由同一单位执法便于处置。"
        opinion = b.IssueOpinion(
            f"云司协〔{self.first.year}〕1号", POLICE, (point,), reasons, self.in_force, (NOISE,), ("C01-SD-08",)
        )
        self.do_case(case, opinion, JUSTICE_OFFICER)
        yield self.after(1)
        self.do_case(case, b.AnswerOpinion(NOISE, agrees=True), unit_leader(NOISE))
        refusal = "噪声检测能力不足，请上级决定。"
        self.do_case(case, b.AnswerOpinion(POLICE, agrees=False, note=refusal), unit_leader(POLICE))
        yield self.after(1)
        body = self.stage.desk.city.cases.competent_bodies[-1]
        self.do_case(case, b.ReportUpward(body, "协调未达成一致，提请决定执法主体。"), JUSTICE_OFFICER)
        yield self.after(1)
        scan = Attachment(name="决定扫描件.pdf", kind="scan", reference=f"papers/{case}.pdf")
        decision = b.RecordDecision(
            body, f"云政办函〔{self.first.year}〕31号", self.today, scan, POLICE, (point,), self.today, (NOISE,)
        )
        self.do_case(case, decision, BIANBAN_OFFICER)
