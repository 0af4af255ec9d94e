"""The administrator's pages: accounts, tokens, sign-ins, lock-outs, and every reading of sealed personal data."""

import re
from collections.abc import Iterator

import pytest

from console.access import MAY_OPEN, Page
from console.administration.people import SCOPES, Account
from console.administration.people_keeping import Keeping
from terms.actors import Role
from terms.errors import BadInput, NotFound, NotPermitted
from terms.ids import UnitCode
from tests.console.city import Browser, Town, order, served

ADMIN = "yz-15-administrator"
NEW = "另一个-staple-77"


@pytest.fixture
def office(town: Town) -> Iterator[tuple[Town, str, Browser]]:
    """A town, its address, and its administrator at the pages."""
    with served(town.app()) as address:
        yield town, address, Browser(address, ADMIN)


def secret(page: str) -> str:
    """What a page shows once."""
    found = re.search(r'id="secret"[^>]*>([^<]+)<', page)
    assert found, page[:500]
    return found.group(1)


def keeping(town: Town, by: str = "somebody") -> Keeping:
    return Keeping(town.people, by, town.now)


def test_an_account_is_opened_and_must_change_its_password_before_anything_else(
    office: tuple[Town, str, Browser],
) -> None:
    town, address, administrator = office
    made = administrator.fill("/people/open", account="li-1", name="李某", role="clerk", unit="C03 云泽市城管局")
    first = secret(made.text)
    assert "只显示这一次" in made.text and made.headers["cache-control"] == "no-store"
    assert first not in administrator.get("/people/accounts/li-1").text, "never again"

    person = Browser(address)
    signed = person.post("/sign-in", data={"account": "li-1", "password": first})
    assert signed.headers["location"] == "/account"
    assert person.get("/tasks").status_code == 403, "nothing before the password is changed"
    changed = person.fill("/account/password", old=first, new=NEW, again=NEW)
    assert changed.headers["location"] == "/sign-in"
    assert person.get("/tasks").status_code == 303, "every session ended with it"
    person.post("/sign-in", data={"account": "li-1", "password": NEW})
    assert person.get("/tasks").status_code == 200
    town.later(minutes=1)
    told = [line["what"] for line in administrator.get("/people/accounts/li-1.json").json()["lines"]]
    assert sorted(told) == sorted(["开户", "登录", "修改密码", "登录"])


def test_five_wrong_passwords_lock_and_the_administrator_unlocks(office: tuple[Town, str, Browser]) -> None:
    _, address, administrator = office
    first = secret(administrator.fill("/people/open", account="li-2", name="李某", role="leader").text)
    person = Browser(address)
    for _ in range(5):
        assert person.post("/sign-in", data={"account": "li-2", "password": "wrong-wrong"}).status_code == 403
    assert "锁定" in person.post("/sign-in", data={"account": "li-2", "password": first}).text
    locked = administrator.get("/people.json?state=已锁定").json()["accounts"]
    assert [row["account"] for row in locked] == ["li-2"]
    assert administrator.fill("/people/act/unlock/li-2").status_code == 303
    assert person.post("/sign-in", data={"account": "li-2", "password": first}).status_code == 303
    log = administrator.get("/people/log.json?account=li-2").json()["lines"]
    assert [line["what"] for line in log].count("登录失败") == 4
    assert [line["what"] for line in log].count("锁定") == 1
    assert next(line["by"] for line in log if line["what"] == "解锁") == ADMIN


def test_a_disabled_account_is_out_at_once_with_its_tokens(office: tuple[Town, str, Browser]) -> None:
    _, address, administrator = office
    clerk = Browser(address, "yz-06-clerk-zhujian")
    made = administrator.post(
        "/people/act/token/yz-06-clerk-zhujian",
        data={"csrf": administrator.csrf(), "label": "对接", "scopes": ["orders:read"], "days": "30"},
    )
    token = {"Authorization": f"Bearer {secret(made.text)}"}
    stranger = Browser(address)
    assert stranger.get("/api/v1/work-orders", headers=token).status_code == 200
    assert clerk.get("/tasks").status_code == 200
    administrator.fill("/people/act/disable/yz-06-clerk-zhujian")
    assert clerk.get("/tasks").status_code == 303
    assert stranger.get("/api/v1/work-orders", headers=token).status_code == 401
    administrator.fill("/people/act/enable/yz-06-clerk-zhujian")
    assert stranger.get("/api/v1/work-orders", headers=token).status_code == 200


def test_a_token_is_shown_once_carries_its_scopes_and_is_revoked(office: tuple[Town, str, Browser]) -> None:
    _, address, administrator = office
    at = "/people/act/token/yz-01-dispatcher"
    assert administrator.fill(at, label="对接").status_code == 422, "no scope"
    made = administrator.post(
        at, data={"csrf": administrator.csrf(), "label": "大屏", "scopes": ["route"], "days": "30"}
    )
    token = secret(made.text)
    listed = administrator.get("/people/accounts/yz-01-dispatcher.json").json()["tokens"]
    assert [(one["label"], one["scopes"]) for one in listed] == [("大屏", ["route"])]
    page = administrator.get("/people/accounts/yz-01-dispatcher").text
    assert token not in page and all(scope in page for scope in SCOPES)
    bearer = {"Authorization": f"Bearer {token}"}
    assert Browser(address).get("/api/v1/work-orders", headers=bearer).status_code == 403, "another scope"
    administrator.fill("/people/act/revoke/yz-01-dispatcher", mark=listed[0]["mark"])
    assert Browser(address).get("/api/v1/work-orders", headers=bearer).status_code == 401
    assert administrator.fill("/people/act/revoke/yz-01-dispatcher", mark=listed[0]["mark"]).status_code == 404


def test_another_role_or_unit_holds_at_once_and_asks_to_sign_in_anew(office: tuple[Town, str, Browser]) -> None:
    town, address, administrator = office
    clerk = Browser(address, "yz-06-clerk-zhujian")
    fields = {"name": "样例住建经办人", "role": "clerk", "unit": "C05"}
    assert administrator.fill("/people/act/change/yz-06-clerk-zhujian", **fields).status_code == 303
    assert clerk.get("/tasks").status_code == 303
    found = town.people.account("yz-06-clerk-zhujian")
    assert found is not None and found.unit == "C05"
    for wrong in ({"unit": ""}, {"unit": "X99"}, {"role": "system"}, {"role": "king"}):
        assert administrator.fill("/people/act/change/yz-06-clerk-zhujian", **(fields | wrong)).status_code == 422


def test_sign_ins_are_listed_and_ended(office: tuple[Town, str, Browser]) -> None:
    _, address, administrator = office
    leader = Browser(address, "yz-13-leader")
    signed = administrator.get("/people/sessions.json").json()["signed"]
    mark = next(one["mark"] for one in signed if one["account"] == "yz-13-leader")
    assert administrator.get("/people/sessions").status_code == 200
    assert administrator.fill("/people/act/sign-out/yz-13-leader", mark="0" * 16).status_code == 404
    assert administrator.fill("/people/act/sign-out/yz-13-leader", mark=mark).status_code == 303
    assert leader.get("/overview").status_code == 303


def test_nobody_locks_themselves_out_and_one_administrator_stays(town: Town) -> None:
    with pytest.raises(NotPermitted, match="not-oneself"):
        keeping(town, ADMIN).switch(ADMIN, False)
    with pytest.raises(NotPermitted, match="not-oneself"):
        keeping(town, ADMIN).change(ADMIN, name="x", role=Role.LEADER, unit=None)
    with pytest.raises(NotPermitted, match="last-administrator"):
        keeping(town).switch(ADMIN, False)
    keeping(town).open(Account("second", "管理员二", Role.ADMINISTRATOR))
    keeping(town, "second").switch(ADMIN, False)
    with pytest.raises(NotPermitted, match="last-administrator"):
        keeping(town).change("second", name="x", role=Role.LEADER, unit=None)
    with pytest.raises(BadInput, match="role-needs-unit"):
        keeping(town).open(Account("third", "经办人", Role.CLERK))
    with pytest.raises(NotFound):
        keeping(town).standing("nobody")


def test_only_an_administrator_opens_the_pages_of_accounts(office: tuple[Town, str, Browser]) -> None:
    town, address, _ = office
    assert MAY_OPEN[Page.PEOPLE] == {Role.ADMINISTRATOR}
    clerk = Browser(address, "yz-05-clerk-chengguan")
    for path in ("/people", "/people/sessions", "/people/log", f"/people/accounts/{ADMIN}", "/people.xlsx"):
        assert clerk.get(path).status_code == 403, path
    for path in ("/people/open", f"/people/act/reset/{ADMIN}", f"/people/act/disable/{ADMIN}"):
        assert clerk.fill(path, account="x", name="x", role="leader").status_code == 403, path
    assert town.people.account("x") is None
    token = town.people.issue_token(ADMIN, "x", SCOPES, town.now)
    bearer = {"Authorization": f"Bearer {token}"}
    assert Browser(address).get("/people.json", headers=bearer).status_code == 403, "pages only: no scope opens them"


def test_every_reading_of_sealed_data_is_shown_with_who_when_and_why(office: tuple[Town, str, Browser]) -> None:
    town, address, administrator = office
    town.receive(order("YZ8001", "望湖区路边烧烤店油烟很大"))
    town.dispatch("YZ8001", "C03")
    clerk = Browser(address, "yz-05-clerk-chengguan")
    opened = clerk.fill("/sealed/YZ8001", purpose="联系诉求人")
    assert opened.status_code == 200 and "13900000001" in opened.text
    town.engine.catch_up()
    told = administrator.get("/readings.json").json()
    assert told["total"] == 1
    (row,) = told["readings"]
    assert (row["order_no"], row["account"], row["unit"]) == ("YZ8001", "yz-05-clerk-chengguan", "C03")
    assert row["purpose"] == "联系诉求人" and row["fields"] and row["event_id"]
    assert administrator.get("/readings.json?account=nobody").json()["total"] == 0
    assert administrator.get("/readings.json?order=YZ8001&unit=C03").json()["total"] == 1
    assert administrator.get(f"/readings.json?as_of={town.now.date().replace(day=1)}").json()["total"] == 0
    page = administrator.get("/readings").text
    assert "联系诉求人" in page and "13900000001" not in page
    assert Browser(address, "yz-14-auditor").get("/readings").status_code == 200
    assert clerk.get("/readings").status_code == 403


def test_accounts_are_a_sheet_too_without_anything_secret(office: tuple[Town, str, Browser]) -> None:
    _, _, administrator = office
    answered = administrator.get("/people.xlsx")
    assert answered.status_code == 200 and answered.content[:2] == b"PK"
    assert "password" not in administrator.get("/people.json").text


def test_an_account_just_opened_waits_for_its_own_password(town: Town) -> None:
    keeping(town).open(Account("fourth", "经办人", Role.CLERK, UnitCode("C03")))
    standing = keeping(town).standing("fourth")
    assert standing.state == "待改密" and standing.has_password
