"""The findings of the sample month, by several sources, and the digest of its disputed items."""

from datetime import timedelta
from functools import partial

from casework import events as e
from casework.events.fact import Attachment
from casework.finding import commands as f
from sample.cast import BIANBAN_DIRECTOR, BIANBAN_OFFICER, SUPERVISOR, head
from sample.matter_lane import Lane
from sample.matters import BIANBAN, HOMES, NOISE, SITES, STREETS, TRAFFIC
from sample.stage import Life
from terms.actors import Actor
from terms.ids import UnitCode, order_stream


class Findings(Lane):
    """The four findings and the digest."""

    def begin(self) -> None:
        """Let each begin on its day."""
        for day, life in (
            (16, self._survey()),
            (18, self._inspection()),
            (20, self._assessor()),
            (22, self._buck_passing()),
            (25, self._digest()),
        ):
            self.stage.begin(life, self.on(day))

    def _refused_returns(self, unit: UnitCode) -> tuple[str, ...]:
        """The events in which the review refused this unit's returns so far."""
        refused = [
            number
            for number, scene in self.stage.scenes.items()
            if any(one.unit == unit and one.outcome == "refused" for one in scene.order.objections)
        ]
        return tuple(
            str(event.event_id)
            for number in refused
            for event in self.stage.desk.ledger.stream(order_stream(number))
            if event.type == "ReturnRefused" and event.payload["unit"] == unit
        )

    def _buck_passing(self) -> Life:
        """推诿: 市住建局's refused returns, raised by the supervisor; a letter, and what the bureau did about it."""
        finding = self.finding_no(1)
        evidence = self._refused_returns(SITES)
        raised = f.RaiseFinding(
            "events",
            "部门间职责边界不清",
            SITES,
            "夜间施工类工单反复退单",
            "近一月对夜间施工类工单多次退单，异议审核均予驳回，影响办理时效。",
            fault="推诿",
            evidence=evidence,
        )
        if not evidence or not self.do_finding(finding, raised, SUPERVISOR):
            return
        yield self.after(1)
        self.do_finding(finding, f.GiveFeedback("请说明退单依据，并提出改进措施。"), SUPERVISOR)
        yield self.after(1)
        self.do_finding(finding, f.AnswerFeedback(SITES, accepts=True, note="认可，将完善内部派件流程。"), head(SITES))
        paper = f.IssuePaper("reminder_letter", f"云编提〔{self.first.year}〕3号", "请规范退单，先办后议。")
        self.do_finding(finding, paper, SUPERVISOR)
        yield self.after(2)
        done = "明确质安站为首接科室，退单须经分管领导签字。"
        self.do_finding(finding, f.ReportRectification(SITES, done), head(SITES))

    def _survey(self) -> Life:
        """Raised from a survey, rectified and passed: a finding that is closed."""
        finding, unit = self.finding_no(2), UnitCode("C26")
        report = Attachment(name="问卷汇总.pdf", kind="document", reference="papers/survey-1.pdf")
        raised = f.RaiseFinding(
            "survey",
            "工作流程有待进一步优化",
            unit,
            "区级转派缺少时限",
            "问卷反映区热线受理台转派时间没有明确要求。",
            documents=(report,),
        )
        if not self.do_finding(finding, raised, BIANBAN_OFFICER):
            return
        yield self.after(1)
        self.do_finding(finding, f.GiveFeedback("建议在派单规范中补充转派时限。"), BIANBAN_OFFICER)
        yield self.after(1)
        self.do_finding(finding, f.AnswerFeedback(unit, accepts=True), head(unit))
        self.do_finding(
            finding,
            f.IssuePaper("supervision_order", f"云督〔{self.first.year}〕7号", "请于十五个工作日内完善。"),
            BIANBAN_OFFICER,
        )
        yield self.after(3)
        self.do_finding(finding, f.ReportRectification(unit, "派单规范已补充两小时内转派的要求并印发。"), head(unit))
        yield self.after(1)
        self.do_finding(finding, f.Reassess(passed=True, note="已核对印发文件，整改到位。"), BIANBAN_OFFICER)

    def _inspection(self) -> Life:
        """机构编制 violation found by an inspection: a notice, receipted, its rectification running."""
        finding, unit = self.finding_no(3), UnitCode("C18")
        report = Attachment(name="巡察反馈意见.pdf", kind="document", reference="papers/inspection-2.pdf")
        raised = f.RaiseFinding(
            "inspection",
            "机构编制违规违纪",
            unit,
            "擅自加挂牌子",
            "所属事业单位未经批准对外加挂牌子开展工作。",
            documents=(report,),
        )
        if not self.do_finding(finding, raised, BIANBAN_OFFICER):
            return
        yield self.after(1)
        self.do_finding(finding, f.GiveFeedback("请核实并说明情况。"), BIANBAN_OFFICER)
        yield self.after(1)
        notice = f.IssueNotice(
            f"云编督字〔{self.first.year}〕2号", "未经批准加挂牌子", "请立即摘除并规范使用批准的机构名称。"
        )
        self.do_finding(finding, notice, BIANBAN_DIRECTOR)
        yield self.after(1)
        self.do_finding(finding, f.ReceiptNotice(unit, f"head-{unit}"), head(unit))

    def _assessor(self) -> Life:
        """Raised by invited assessors; the unit has yet to answer."""
        finding, unit = self.finding_no(4), UnitCode("D1-03")
        record = Attachment(name="特邀评议员走访记录.pdf", kind="document", reference="papers/visit-4.pdf")
        raised = f.RaiseFinding(
            "invited_assessor",
            "部门内部职责不理顺",
            unit,
            "执法中队与市容科重复到场",
            "同一处占道经营由两个内设机构先后到场，当事人无所适从。",
            documents=(record,),
        )
        if self.do_finding(finding, raised, SUPERVISOR):
            yield self.after(1)
            self.do_finding(finding, f.GiveFeedback("请理顺内部分工。"), SUPERVISOR)

    def _digest(self) -> Life:
        """退单争议定期梳理 of the month: judged and published, one item done."""
        number = f"SL{self.first.year}-1"
        items = (
            e.DigestItem(
                item="1", matter="夜间施工噪音", units=(STREETS, SITES, NOISE), returns=10, cases=(self.case_no(3),)
            ),
            e.DigestItem(
                item="2", matter="停车共享与地锁", units=(STREETS, TRAFFIC, HOMES), returns=3, cases=(self.case_no(4),)
            ),
            e.DigestItem(item="3", matter="餐饮油烟扰民", units=(STREETS, NOISE), returns=1),
        )
        day = self.today
        judged = (
            ("1", "争议在首到单位，已立案协调。", "立案", BIANBAN, 20),
            ("2", "按区域划分，先行会商。", "会商", STREETS, 15),
            ("3", "依据明确，向退单单位解释。", "解释", STREETS, 3),
        )
        commands: list[tuple[f.FindingCommand, Actor]] = [
            (f.OpenDigest(self.first.date(), day, items), BIANBAN_OFFICER),
            *(
                (f.JudgeItem(item, opinion, disposition, owner, day + timedelta(days=days)), BIANBAN_OFFICER)
                for item, opinion, disposition, owner, days in judged
            ),
            (f.PublishDigest(f"云编梳理〔{self.first.year}〕1号"), BIANBAN_DIRECTOR),
            (f.CloseItem("3", "已书面解释，退单单位无异议。"), BIANBAN_OFFICER),
        ]
        for command, actor in commands:
            self.told(command, partial(self.stage.desk.do_digest, number, command, actor))
            yield self.stage.hours.later(self.stage.clock.now, 90)
