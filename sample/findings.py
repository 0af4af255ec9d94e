"""The findings of the sample month, by several sources, and the digest of its disputed items."""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial

from casework import events as e
from casework.events.fact import Attachment
from casework.finding import commands as f
from sample.cast import BIANBAN_DIRECTOR, BIANBAN_OFFICER, SUPERVISOR, head
from sample.matter_lane import Lane
from sample.matters import BIANBAN, SITES, STREETS
from sample.stage import Life
from terms.actors import Actor
from terms.ids import UnitCode, order_stream

DUTY_REASONS = ("not_ours", "unclear", "overlap", "partial")  # a wrong place is no quarrel over a duty
ITEMS = 5  # of a digest


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

    def _disputed(self) -> tuple[e.DigestItem, ...]:
        """What was returned over the duty itself more than once so far: the most returned ones, most first."""
        returns: Counter[str] = Counter()
        units: dict[str, dict[UnitCode, None]] = defaultdict(dict)
        names: dict[str, str] = {}
        for scene in self.stage.scenes.values():
            key = scene.order.matter_id or scene.order.matter
            about_duty = [one for one in scene.order.objections if key and one.reason in DUTY_REASONS]
            for one in about_duty:
                returns[key] += 1
                names[key] = scene.order.matter
                units[key] |= dict.fromkeys(unit for unit in (one.unit, one.proposed) if unit)
        cases = {"DP-C03-023": self.case_no(3), "DP-C03-025-2": self.case_no(4)}
        return tuple(
            e.DigestItem(
                item=key,
                matter=names[key],
                units=tuple(units[key]),
                returns=times,
                cases=(cases[key],) if key in cases else (),
            )
            for key, times in sorted(returns.items(), key=lambda one: (-one[1], one[0]))
            if times > 1
        )[:ITEMS]

    def _digest(self) -> Life:
        """退单争议定期梳理 of the month: judged and published, one item done."""
        number = f"SL{self.first.year}-1"
        items, day = self._disputed(), self.today
        known = {
            "DP-C03-023": ("争议在首到单位，已立案协调。", "立案", BIANBAN, 20),
            "DP-C04-011": ("与夜间施工噪音同一争议，并入该议题一并协调。", "立案", BIANBAN, 20),
            "DP-C03-025-2": ("按区域划分，先行会商。", "会商", STREETS, 15),
        }
        judged = [
            (one.item, *known.get(one.item, ("依据明确，向退单单位解释。", "解释", one.units[0], 7))) for one in items
        ]
        explained = [item for item, _, disposition, _, _ in judged if disposition == "解释"][-1:]
        commands: list[tuple[f.FindingCommand, Actor]] = [
            (f.OpenDigest(self.first.date(), day, items), BIANBAN_OFFICER),
            *(
                (f.JudgeItem(item, opinion, disposition, owner, day + timedelta(days=days)), BIANBAN_OFFICER)
                for item, opinion, disposition, owner, days in judged
            ),
            (f.PublishDigest(f"云编梳理〔{self.first.year}〕1号"), BIANBAN_DIRECTOR),
            *((f.CloseItem(item, "已书面解释，退单单位无异议。"), BIANBAN_OFFICER) for item in explained),
        ]
        for command, actor in commands:
            self.told(command, partial(self.stage.desk.do_digest, number, command, actor))
            yield self.stage.hours.later(self.stage.clock.now, 90)
