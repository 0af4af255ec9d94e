"""Which papers there are. The value names the template file and the entry of `city.papers.prefixes`."""

from enum import StrEnum

from terms.messages import sentence


class PaperKind(StrEnum):
    """One kind of paper; `kind.label` is its Chinese name (文种)."""

    DISPATCH_NOTICE = "dispatch_notice"  # 派单通知
    RETURN_APPLICATION = "return_application"  # 退单申请
    REVIEW_RESULT = "review_result"  # 异议审核结果
    MINUTES = "minutes"  # 协商纪要
    COORDINATION_APPLICATION = "coordination_application"  # 协调申请
    COORDINATION_OPINION = "coordination_opinion"  # 协调意见
    DECISION = "decision"  # 决定
    SUPERVISION_NOTICE = "supervision_notice"  # 机构编制督查通知书
    SUPERVISION_ORDER = "supervision_order"  # 督办单
    REMINDER_LETTER = "reminder_letter"  # 提示函
    DIGEST = "digest"  # 定期梳理
    APPROVAL_SHEET = "approval_sheet"  # 发文稿纸: 拟稿—审核—签发—文号; stays inside, has no number of its own

    @property
    def label(self) -> str:
        """The Chinese name of the kind."""
        return sentence(f"paper.{self}")
