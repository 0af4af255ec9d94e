"""Pages of the accounts: who may come in, as what, for which unit; their tokens, their sign-ins, what was done."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from console.access import Page, needs_unit
from console.administration.people import SCOPES, Account
from console.administration.people_doings import What, doings
from console.administration.people_keeping import Keeping
from console.forms import Filled, Form
from console.visit import Visit, Visiting
from console.words import role_name
from terms.actors import Role
from terms.errors import BadInput, NotFound
from terms.ids import UnitCode

router = APIRouter()
ROLES = tuple(role for role in Role if role is not Role.SYSTEM)
STATES = ("正常", "待改密", "已锁定", "已停用")
PAGE = 50
TOKEN_DAYS = 365
NAME_AT_MOST = 80
Short = Annotated[str, Query(max_length=80)]


def keeping(visit: Visit) -> Keeping:
    """The administrator's hand on the accounts. Raises NotPermitted for anybody else."""
    visit.open(Page.PEOPLE)
    return Keeping(visit.console.people, visit.actor.account, visit.now)


@router.get("/people")
@router.get("/people.json")
def people(visit: Visiting, q: Short = "", role: Short = "", unit: Short = "", state: Short = "") -> Response:
    """Every account that matches."""
    found = [
        one
        for one in keeping(visit).standings()
        if q.strip() in one.account.account + one.account.name
        and (not role or one.account.role == role)
        and (not unit or one.account.unit == unit)
        and (not state or one.state == state)
    ]
    rows: list[dict[str, Any]] = [
        {
            "account": one.account.account,
            "name": one.account.name,
            "role": one.account.role,
            "unit": one.account.unit or "",
            "state": one.state,
            "locked_until": one.locked_until,
            "sample": one.account.sample,
            "sessions": one.sessions,
            "tokens": one.tokens,
        }
        for one in found
    ]
    filters = {"q": q.strip(), "role": role, "unit": unit, "state": state}
    if visit.request.url.path.endswith(".json"):
        return visit.page("people.html", Page.PEOPLE, "账号权限", filters=filters, accounts=rows, total=len(rows))
    return visit.page(
        "people.html", Page.PEOPLE, "账号权限", filters=filters, accounts=rows, total=len(rows), roles=_roles(),
        states=STATES, name_of=role_name, sso=visit.console.parts.single_sign_on is not None,
        at_units=sorted({row["unit"] for row in rows if row["unit"]}),
    )  # fmt: skip


@router.post("/people/open")
def open_account(visit: Visiting, form: Form) -> Response:
    """Open an account; the page that answers shows its first password, once."""
    hand = keeping(visit)
    account = form.needed("account", "账号").strip()
    if len(account) > NAME_AT_MOST or not account.isprintable() or any(sign in account for sign in "@:/ "):
        raise BadInput("console.account-id", at="account")
    role, unit = _role_and_unit(visit, form)
    name = form.needed("name", "姓名")[:NAME_AT_MOST]
    elsewhere = form.flag("elsewhere")
    if elsewhere and visit.console.parts.single_sign_on is None:
        raise BadInput("sso.off", at="elsewhere")
    secret = hand.open(Account(account, name, role, unit), elsewhere=elsewhere)
    if elsewhere:
        return visit.done(f"/people/accounts/{account}", f"{account} 已开通，只用统一认证登录")
    return _shown_once(visit, account, "首次密码", secret, "账号已开通，首次登录须修改密码。")


@router.get("/people/accounts/{account}")
@router.get("/people/accounts/{account}.json")
def account_page(visit: Visiting, account: str) -> Response:
    """One account with its tokens, its sign-ins and what was done with it."""
    hand = keeping(visit)
    standing = hand.standing(account)
    lines, total = doings(visit.console.people.engine, visit.console.people.tables, account=account)
    data = {
        "one": standing,
        "state": standing.state,
        "signed": hand.sessions(account),
        "tokens": hand.tokens(account),
        "lines": lines,
        "lines_total": total,
    }
    if visit.request.url.path.endswith(".json"):
        return visit.page("person.html", Page.PEOPLE, account, **data)
    return visit.page(
        "person.html", Page.PEOPLE, f"账号 {account}", roles=_roles(), scopes=SCOPES, token_days=TOKEN_DAYS,
        name_of=role_name, oneself=account == visit.actor.account, moment_now=visit.now.isoformat(), **data,
    )  # fmt: skip


@router.post("/people/act/{slug}/{account}")
def act(visit: Visiting, slug: str, account: str, form: Form) -> Response:
    """Change an account, or make what is shown once."""
    hand = keeping(visit)
    if slug == "reset":
        return _shown_once(visit, account, "新的首次密码", hand.reset(account), "原密码已作废，登录后须修改密码。")
    if slug == "token":
        days = form.number("days", "有效天数") if form.text("days") else TOKEN_DAYS
        if not 1 <= days <= 10 * TOKEN_DAYS:
            raise BadInput("console.field-needed", at="days", field="有效天数")
        label = form.needed("label", "用于哪个程序")[:NAME_AT_MOST]
        secret = hand.issue(account, label, form.values.get("scopes", ()), days)
        return _shown_once(visit, account, "接口令牌", secret, "请立即交给对接程序保存；本系统只存摘要。")
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "change": (lambda: _change(visit, hand, account, form), "已保存"),
        "disable": (lambda: hand.switch(account, False), "已停用"),
        "enable": (lambda: hand.switch(account, True), "已启用"),
        "unlock": (lambda: hand.unlock(account), "已解锁"),
        "revoke": (lambda: hand.revoke(account, form.text("mark")), "令牌已撤销"),
        "sign-out": (lambda: hand.end_session(account, form.text("mark")), "已强制下线"),
    }
    if slug not in acts:
        raise NotFound("console.no-page")
    doing, told = acts[slug]
    doing()
    return visit.done(f"/people/accounts/{account}", f"{account} {told}")


@router.get("/people/sessions")
@router.get("/people/sessions.json")
def sessions(visit: Visiting) -> Response:
    """Who is signed in now."""
    signed = keeping(visit).sessions()
    return visit.page("people_sessions.html", Page.PEOPLE, "在线会话", signed=signed, total=len(signed))


@router.get("/people/log")
@router.get("/people/log.json")
def log(
    visit: Visiting, account: Short = "", what: Short = "", page: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> Response:
    """What was done with accounts, sign-ins among it, newest first."""
    keeping(visit)
    people = visit.console.people
    offset = (page - 1) * PAGE
    lines, total = doings(people.engine, people.tables, account=account, what=what, offset=offset, limit=PAGE)
    data = {"filters": {"account": account, "what": what}, "lines": lines, "total": total}
    if visit.request.url.path.endswith(".json"):
        return visit.page("people_log.html", Page.PEOPLE, "账号日志", **data)
    listed = {"total": total, "page": page, "pages": max(1, -(-total // PAGE))}
    return visit.page("people_log.html", Page.PEOPLE, "账号日志", whats=list(What), listed=listed, **data)


def _change(visit: Visit, hand: Keeping, account: str, form: Filled) -> None:
    role, unit = _role_and_unit(visit, form)
    hand.change(account, name=form.needed("name", "姓名")[:NAME_AT_MOST], role=role, unit=unit)


def _role_and_unit(visit: Visit, form: Filled) -> tuple[Role, UnitCode | None]:
    told, unit = form.needed("role", "角色"), form.unit("unit")
    if told not in ROLES:
        raise BadInput("console.field-needed", at="role", field="角色")
    if unit and unit not in visit.register.units:
        raise BadInput("console.no-such-unit", at="unit", unit=unit)
    return Role(told), unit


def _shown_once(visit: Visit, account: str, label: str, secret: str, hint: str) -> Response:
    return visit.page("people_secret.html", Page.PEOPLE, label, account=account, label=label, secret=secret, hint=hint)


def _roles() -> list[tuple[str, str, bool]]:
    return [(str(role), role_name(role), needs_unit(role)) for role in ROLES]
