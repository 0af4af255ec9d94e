"""How a city appraises its units: how long a score may be objected to, and the items of the sheets of a round.

聊城 names the form: 核心职能履行评估表 with three aspects and nine standards, and talks on six kinds of situation
(domain, section 10). The wording, the grades and the figures shown with each item are a first proposal, for a city to
change; a figure is named as in `projections.readings.appraisal.NAMES`.
"""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from city.limits import Limit, working_days


class AppraisalItem(BaseModel):
    """A standard or a question: its aspect, its words, and which figures of the record are shown with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    aspect: str
    text: str
    figures: tuple[str, ...] = ()
    problem_class: str = ""  # of the finding it is raised as, where an answer is below standard


GOALS, PROGRESS, EXCELLENCE = "核心职能履职目标", "进展情况", "创先争优情况"
STANDARDS = (
    AppraisalItem(
        code="1.1",
        aspect=GOALS,
        text="目标围绕“三定”核心职能，主要职责条目有实际履行",
        figures=("duties_used", "orders_led"),
    ),
    AppraisalItem(
        code="1.2",
        aspect=GOALS,
        text="目标与全市发展重点和民生事项一致，群众诉求集中处有安排",
        figures=("top_matter", "repeated"),
    ),
    AppraisalItem(
        code="1.3",
        aspect=GOALS,
        text="应由本单位牵头的不推不退，退单有依据",
        figures=("returned", "return_refused"),
    ),
    AppraisalItem(
        code="2.1",
        aspect=PROGRESS,
        text="牵头事项按时签收、按时办结",
        figures=("signed_in_time", "finished_in_time"),
    ),
    AppraisalItem(
        code="2.2",
        aspect=PROGRESS,
        text="协办事项尽责，牵头与协办互评良好",
        figures=("orders_supported", "rated"),
    ),
    AppraisalItem(
        code="2.3",
        aspect=PROGRESS,
        text="超时、重办和督办得到控制",
        figures=("overdue", "rework", "supervised"),
    ),
    AppraisalItem(code="3.1", aspect=EXCELLENCE, text="诉求解决成效明显", figures=("resolved",)),
    AppraisalItem(code="3.2", aspect=EXCELLENCE, text="群众满意，服务对象评价好", figures=("satisfied", "contacted")),
    AppraisalItem(
        code="3.3",
        aspect=EXCELLENCE,
        text="争议主动协商化解，问题整改到位",
        figures=("cases", "findings_closed"),
    ),
)
QUESTIONS = (
    AppraisalItem(
        code="1",
        aspect="职责边界",
        problem_class="部门间职责边界不清",
        text="与其他部门之间是否存在职责边界不清",
        figures=("returned", "cases", "pointed_at"),
    ),
    AppraisalItem(
        code="2",
        aspect="协调配合",
        problem_class="议事协调机构协调配合不畅",
        text="与其他部门协调配合是否顺畅",
        figures=("rated", "stalled", "moved_away"),
    ),
    AppraisalItem(
        code="3",
        aspect="机构编制效益",
        problem_class="编制人员管理方面",
        text="机构设置和编制使用效益如何",
        figures=("posts", "load_per_hundred_posts"),
    ),
    AppraisalItem(
        code="4",
        aspect="内设机构履职",
        problem_class="部门内部职责不理顺",
        text="内设机构职责是否全面、准确履行",
        figures=("duties_unused", "absence"),
    ),
    AppraisalItem(
        code="5",
        aspect="内部流程",
        problem_class="工作流程有待进一步优化",
        text="内部工作流程是否流畅",
        figures=("overdue", "sent_back", "offices_loaded"),
    ),
    AppraisalItem(
        code="6",
        aspect="编制挖潜",
        problem_class="编制人员管理方面",
        text="编制资源是否内部挖潜、合理使用",
        figures=("heaviest_office", "lightest_office"),
    ),
)


class AppraisalRules(BaseModel):
    """The rounds of a city."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    score_objection: Limit = Field(default=working_days(5), description="units may object to a drafted score so long")
    standards: tuple[AppraisalItem, ...] = STANDARDS
    standard_grades: tuple[str, ...] = ("优", "良", "一般", "差")
    standard_passes: tuple[str, ...] = ("优", "良")
    questions: tuple[AppraisalItem, ...] = QUESTIONS
    question_grades: tuple[str, ...] = ("无问题", "一般问题", "突出问题")
    question_passes: tuple[str, ...] = ("无问题",)

    @model_validator(mode="after")
    def _passes_are_grades(self) -> Self:
        for kind in ("duties", "situations"):
            if strange := sorted(set(self.passes_of(kind)) - set(self.grades_of(kind))):
                raise ValueError(f"not among the grades: {', '.join(strange)}")
        return self

    def items_of(self, kind: str) -> tuple[AppraisalItem, ...]:
        """The items of a kind of sheet: "duties" or "situations"."""
        return self.standards if kind == "duties" else self.questions

    def grades_of(self, kind: str) -> tuple[str, ...]:
        """The grades an item of that kind may get, the best first."""
        return self.standard_grades if kind == "duties" else self.question_grades

    def passes_of(self, kind: str) -> tuple[str, ...]:
        """The grades that are up to the standard; an answer with another may become a finding."""
        return self.standard_passes if kind == "duties" else self.question_passes
