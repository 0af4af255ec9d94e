"""What is done with a drafted paper: 审核, 签发, its signed scan, 撤稿, 作废."""

from casework.events.fact import Attachment
from casework.occasion import Occasion
from casework.paperwork import commands as c
from casework.paperwork import decide as rules
from casework.paperwork.state import Paperwork
from casework.paperwork.writing import PaperCommand
from console.bianban.acting import Matter, MatterAction
from console.forms import Field, Filled
from terms.errors import BadInput

TRIED = "试"
SCAN = Field("scan", "签章扫描件", "scan", required=True, help="PDF 或照片，加密保存，看得到本件的人可以打开")
REASON = Field("reason", "理由", "area", required=True)


def tried(paper: Paperwork, command: PaperCommand, occasion: Occasion) -> object:
    """Whether the rules would let this pass. Raises as they do; falsy where nothing would change."""
    actor = occasion.actor
    if isinstance(command, c.ReviewPaper):
        return rules.review(paper, command, actor)
    if isinstance(command, c.DropDraft):
        return rules.drop(paper, command, actor)
    if isinstance(command, c.SignPaper):
        rules.may_sign(paper, command, actor)
        return True
    if isinstance(command, c.AttachScan | c.VoidPaper):
        return rules.issued(paper, command, actor)
    raise TypeError(type(command).__name__)


def _scan(_: Matter[Paperwork], form: Filled) -> c.AttachScan:
    scan = form.scanned.get("scan")
    if scan is None:
        raise BadInput("console.field-needed", at="scan", field="签章扫描件")
    return c.AttachScan(scan)


ACTIONS: tuple[MatterAction[Paperwork], ...] = (
    MatterAction(
        "review",
        "审核",
        lambda m: c.ReviewPaper(passed=True),
        lambda m: (
            Field("passed", "审核结论", "choice", required=True, options=(("yes", "同意"), ("no", "退回修改"))),
            Field("opinion", "审核意见", "area", help="退回修改的，请写明要改什么"),
        ),
        lambda m, f: c.ReviewPaper(f.needed("passed", "审核结论") == "yes", f.text("opinion")),
        "main",
        "已审核",
    ),
    MatterAction(
        "sign", "签发并编号", lambda m: c.SignPaper(), lambda m: (), lambda m, f: c.SignPaper(), "main", "已签发"
    ),
    MatterAction(
        "scan",
        "回传签章扫描件",
        lambda m: c.AttachScan(Attachment(name=TRIED)),
        lambda m: (SCAN,),
        _scan,
        "main",
        "扫描件已登记",
    ),
    MatterAction(
        "drop",
        "撤稿",
        lambda m: c.DropDraft(TRIED),
        lambda m: (REASON,),
        lambda m, f: c.DropDraft(f.needed("reason", "理由")),
        "warn",
        "已撤稿",
    ),
    MatterAction(
        "void",
        "作废",
        lambda m: c.VoidPaper(TRIED),
        lambda m: (REASON,),
        lambda m, f: c.VoidPaper(f.needed("reason", "理由")),
        "warn",
        "已作废，文号不再使用",
    ),
)
