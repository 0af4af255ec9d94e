"""One's own account: who one is here, and a new password."""

from fastapi import APIRouter
from starlette.responses import Response

from console.access import Page
from console.administration.people_keeping import Keeping
from console.forms import Form
from console.visit import Visiting
from terms.errors import BadInput

router = APIRouter()


@router.get("/account")
@router.get("/account.json")
def account(visit: Visiting) -> Response:
    """The page."""
    visit.open(Page.ACCOUNT)
    found = visit.session.account
    return visit.page(
        "account.html",
        Page.ACCOUNT,
        "我的账号",
        account=found.account,
        display_name=found.name,
        role=found.role,
        unit=found.unit,
        must_change=found.must_change,
        sample=found.sample,
    )


@router.post("/account/password")
def password(visit: Visiting, form: Form) -> Response:
    """A new password; every session of the account ends with it."""
    visit.open(Page.ACCOUNT)
    people, mine = visit.console.people, visit.session.account
    if mine.sample:
        raise BadInput("console.sample-has-no-password", at="account")
    old, new = form.needed("old", "原密码"), form.needed("new", "新密码")
    if new != form.text("again"):
        raise BadInput("console.passwords-differ", at="again")
    Keeping(people, mine.account, visit.now).own_password(mine.account, old, new)
    return visit.done("/sign-in", "密码已修改，请用新密码登录")
