"""The city's configuration: limits, rankings, thresholds, reason codes and lists; none is a constant in code.

One TOML file is validated into one frozen tree; its digest is the city version that is recorded on whatever it
decided. The defaults are those of the domain page, section 4, with the city each was seen in.
"""

import hashlib
import tomllib
from functools import cached_property
from pathlib import Path

from pydantic import Field, ValidationError

from city.appraisal import AppraisalRules
from city.establishment import AdjustmentRules, CoverageRules, LoadWeights
from city.limits import Frozen, Limit, Unit, hours, minutes, working_days
from city.publishing import Open311Rules
from city.scoring import DEFAULT_RULE, ScoreRule
from ledger.sealing import Cipher
from terms.errors import BadInput
from terms.reasons import reason_of
from terms.unreadable import why_unreadable


class Clocks(Frozen):
    """The clocks of an order and of a boundary case (domain, section 4)."""

    dispatch_urgent: Limit = minutes(30)  # 深圳
    dispatch_general: Limit = hours(2)  # 深圳
    sign_life_safety: Limit = minutes(15)  # 天津
    sign_urgent: Limit = minutes(30)  # 天津: an urgent matter at a utility (`work.utilities`)
    sign_general: Limit = working_days(1)
    return_order: Limit = working_days(1)  # 吕梁 2024; silence accepts
    objection_review: Limit = working_days(1)
    first_contact: Limit = working_days(1)  # 上海
    handle_enquiry: Limit = working_days(3)
    handle_general: Limit = working_days(5)  # 济南, 潍坊
    handle_complex: Limit = working_days(15)
    handle_urgent: Limit = hours(24)
    extension: Limit = working_days(3)  # each; 吕梁
    extensions_at_most: int = Field(default=3, ge=0)
    long_cycle: Limit = Limit(amount=180, unit=Unit.DAY)
    rework: Limit = working_days(3)  # 上海
    written_opinion: Limit = working_days(5)
    hand_over_receipt: Limit = working_days(2)
    hand_over_result: Limit = working_days(5)
    proposed_unit_answer: Limit = hours(4)  # asked before an order is moved to it
    proposed_unit_answer_urgent: Limit = minutes(30)
    result_review: Limit = working_days(1)
    follow_up: Limit = working_days(2)
    negotiation: Limit = working_days(10)
    rectification: Limit = working_days(15)
    warn_at_percent: int = Field(default=80, ge=1, le=99)


class Routing(Frozen):
    """Thresholds and weights of routing; weights are integers so that the same order gives the same bytes."""

    automatic_at: int = Field(default=85, ge=0, le=100, description="least calibrated confidence, in percent")
    proof_at: int = Field(default=450, ge=60, le=1000, description="least strength of a clause that is cited")
    close_call: int = Field(default=12, ge=0, le=100, description="least lead over the runner-up, in percent of it")
    least_characters: int = Field(default=4, ge=1)
    alternatives: int = Field(default=5, ge=1)
    supports_at_most: int = Field(default=3, ge=0)
    duplicate_window_hours: int = Field(default=72, ge=1)
    duplicate_at: int = Field(default=80, ge=0, le=100)
    caller_note_weight: int = Field(default=60, ge=0, le=100, description="weight of what the call-taker wrote")


class Escalation(Frozen):
    """When bouncing escalates by rule."""

    designate_after_returns: int = Field(default=2, ge=1)
    ping_pong_after: int = Field(default=2, ge=1, description="times an order comes back to a unit that returned it")
    buck_passing_refused: int = Field(default=3, ge=1, description="refused returns of one matter in a quarter: 推诿")
    stuck_days: int = Field(default=15, ge=1, le=365, description="days after receipt an open order is stuck")


class WorkRules(Frozen):
    """What the order lane asks beyond its clocks."""

    rating_reason_below: int = Field(default=3, ge=1, le=5, description="a mutual rating below it needs a reason")
    kinds_enquiry: tuple[str, ...] = ("咨询",)  # handled on the enquiry limit
    urgent: tuple[str, ...] = ("紧急", "特急")
    life_safety: tuple[str, ...] = ("特急",)
    # units, by code or function, that sign for an urgent order within `clocks.sign_urgent`; any other, as in general
    utilities: tuple[str, ...] = ("供电企业", "供水企业", "燃气企业", "供热企业", "通信企业")

    def is_utility(self, code: str, functions: tuple[str, ...]) -> bool:
        """Whether a unit of this code and these functions is a utility (公用事业)."""
        return not {code, *functions}.isdisjoint(self.utilities)


class NotAcceptedGround(Frozen):
    """A ground of 不予受理 and the right channel it names (北京条例 art. 11)."""

    code: str
    label: str
    channel: str


DEFAULT_GROUNDS = (
    NotAcceptedGround(code="emergency", label="紧急警情、火情、急救", channel="拨打110、119、120或122"),
    NotAcceptedGround(
        code="legal_channel", label="应通过诉讼、仲裁、复议等法定途径解决", channel="人民法院、仲裁或行政复议机构"
    ),
    NotAcceptedGround(code="petition", label="已进入信访程序的事项", channel="信访部门"),
    NotAcceptedGround(code="repeat", label="重复反映且无新情况", channel="按原答复执行，如有新情况请补充"),
    NotAcceptedGround(code="secret", label="涉及国家秘密、商业秘密、个人隐私", channel="有权机关依法处理"),
    NotAcceptedGround(code="beyond", label="不属于政府职责范围", channel="有关单位或当事人协商"),
    NotAcceptedGround(code="unlawful", label="违反法律法规、社会公序良俗", channel="依法另行处理"),
)


class CaseRules(Frozen):
    """The matter lane: boundary cases (domain, section 3)."""

    opinion_rounds: int = Field(default=2, ge=1)
    competent_bodies: tuple[str, ...] = ("市委机构编制委员会", "市人民政府")
    dispositions: tuple[str, ...] = ("解释", "会商", "立案", "改清单")  # of the periodic digest


class FindingRules(Frozen):
    """Findings: faults, problem classes, notices, holds (domain, section 8)."""

    faults: tuple[str, ...] = (
        "越位",
        "缺位",
        "错位",
        "职责交叉",
        "权责脱节",
        "重权轻责",
        "衔接不畅",
        "推诿",
    )
    problem_classes: tuple[str, ...] = (
        "部门职能不理顺",
        "工作职责未明确",
        "部门间职责边界不清",
        "部门内部职责不理顺",
        "工作流程有待进一步优化",
        "议事协调机构协调配合不畅",
        "基层管理体制机制不理顺",
        "编制人员管理方面",
        "机构编制违规违纪",
    )
    # orders that have to show a fault in a quarter before it is proposed; 推诿 goes by escalation.buck_passing_refused
    signs_at_least: tuple[tuple[str, int], ...] = (("越位", 3), ("错位", 3), ("缺位", 3))
    violation_classes: tuple[str, ...] = ("编制人员管理方面", "机构编制违规违纪")  # only these bear a 督查通知书
    sources: tuple[str, ...] = ("events", "survey", "visit", "inspection", "audit", "discipline", "invited_assessor")


class Papers(Frozen):
    """Documents: who issues them and how they are numbered; templates may be the city's own."""

    prefixes: tuple[tuple[str, str], ...] = (
        ("dispatch_notice", "云热派"),
        ("return_application", "云热退"),
        ("review_result", "云热审"),
        ("minutes", "云协纪"),
        ("coordination_application", "云协申"),
        ("coordination_opinion", "云编协"),
        ("decision", "云编决"),
        ("supervision_notice", "云编督"),
        ("supervision_order", "云督单"),
        ("reminder_letter", "云督函"),
        ("digest", "云编梳"),
    )
    templates: str = ""  # a folder of .docx templates that replace ours, by name


class ReturnReason(Frozen):
    """A reason code of a return and what it must carry (domain, section 2)."""

    code: str
    label: str
    must_carry: tuple[str, ...]


DEFAULT_REASONS = (
    ReturnReason(code="not_ours", label="明确不属本单位职责", must_carry=("denied_clause", "claimed_clause|no_clause")),
    ReturnReason(code="unclear", label="权属不清", must_carry=("denied_clause", "claimed_clause|no_clause")),
    ReturnReason(code="overlap", label="职能交叉", must_carry=("denied_clause", "claimed_clause|no_clause")),
    ReturnReason(code="territory", label="属地不符", must_carry=("place",)),
    ReturnReason(code="duplicate", label="重复诉求", must_carry=("other_order",)),
    ReturnReason(code="incomplete", label="信息不全", must_carry=("missing",)),
    ReturnReason(code="legal_channel", label="应走法定途径", must_carry=("channel",)),
    ReturnReason(code="partial", label="部分属于本单位", must_carry=("keeps", "asked_support")),
)


class Sources(Frozen):
    """Which kinds of instrument may decide a duty, best first (宁波: 部门规章、规范性文件 may not)."""

    ranking: tuple[str, ...] = (
        "decision",
        "law",
        "sanding",
        "boundary_list",
        "power_list",
        "subdistrict_list",
        "conferred",
        "industry_law",
        "franchise",
        "property",
        "department_rule",
        "normative",
    )
    may_not_decide: tuple[str, ...] = ("department_rule", "normative")


class Weights(Frozen):
    """How outcomes count in memory, in percent of an acceptance; `half_life_days` ages them."""

    signed: int = 100
    closed_satisfied: int = 120
    reassigned: int = 150
    returned_upheld: int = -150
    designated: int = 200
    decided: int = 500
    half_life_days: int = 720


class ImportRules(Frozen):
    """What an import may do."""

    clocks_start_within_days: int = Field(default=30, ge=0, description="older orders start no clocks")
    body_limit_bytes: int = Field(default=20 * 1024 * 1024, gt=0)
    earliest_year: int = 2000


class PersonalData(Frozen):
    """How personal data is sealed from now on; what was sealed before stays readable."""

    cipher: Cipher = Field(default=Cipher.AES, description="aes-256-gcm, or sm4-gcm where rules ask for it")


class CityConfiguration(Frozen):
    """Everything this city decides for itself."""

    name: str = "云泽市"
    timezone: str = "Asia/Shanghai"
    fallback_unit: str = "C26"  # 兜底单位
    hotline_unit: str = "C26"
    bianban_unit: str = "C39"
    justice_unit: str = "C22"
    clocks: Clocks = Clocks()
    routing: Routing = Routing()
    escalation: Escalation = Escalation()
    sources: Sources = Sources()
    memory: Weights = Weights()
    imports: ImportRules = ImportRules()
    personal_data: PersonalData = PersonalData()
    work: WorkRules = WorkRules()
    cases: CaseRules = CaseRules()
    findings: FindingRules = FindingRules()
    papers: Papers = Papers()
    scoring: ScoreRule = DEFAULT_RULE
    appraisal: AppraisalRules = AppraisalRules()
    coverage: CoverageRules = CoverageRules()
    load: LoadWeights = LoadWeights()
    adjustment: AdjustmentRules = AdjustmentRules()
    open311: Open311Rules = Open311Rules()
    return_reasons: tuple[ReturnReason, ...] = DEFAULT_REASONS
    not_accepted_grounds: tuple[NotAcceptedGround, ...] = DEFAULT_GROUNDS
    urgencies: tuple[str, ...] = ("一般", "紧急", "特急")
    unit_classes: tuple[str, ...] = ("经济", "社会管理和执法监督", "政务和社会事业")
    extra_holidays: tuple[str, ...] = ()  # ISO dates, over the national calendar
    extra_workdays: tuple[str, ...] = ()
    life_safety_words: tuple[str, ...] = ("燃气泄漏", "漏电", "火灾", "被困", "坍塌", "溺水", "中毒", "触电", "爆炸")

    @cached_property
    def version(self) -> str:
        """The city version: sha-256 (hex) of the canonical configuration, recorded on what it decided."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_configuration(path: Path | None) -> CityConfiguration:
    """Read and validate the city's TOML file; without one, the defaults of the domain page.

    Raises BadInput with the path of the first fault inside the file.
    """
    if path is None:
        return CityConfiguration()
    try:
        return CityConfiguration.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput("input.unreadable", at=path.name, reason=why_unreadable(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadInput("city.invalid", at=f"{path.name}: {place}", reason=reason_of(first)) from error
