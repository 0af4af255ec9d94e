"""What was done with accounts: opened, changed, locked, let in. Kept beside them, never in the record of orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, func, select
from uuid_utils import uuid7

from console.administration.people_tables import PeopleTables

DETAIL_AT_MOST = 400


class What(StrEnum):
    """The kinds of line; the value is what pages show."""

    OPENED = "开户"
    CHANGED = "变更"
    RESET = "重置密码"
    DISABLED = "停用"
    ENABLED = "启用"
    UNLOCKED = "解锁"
    TOKEN_ISSUED = "签发令牌"  # noqa: S105 - a word on a page
    TOKEN_REVOKED = "撤销令牌"  # noqa: S105 - a word on a page
    SESSION_ENDED = "强制下线"
    PASSWORD = "修改密码"  # noqa: S105 - a word on a page
    SIGNED_IN = "登录"
    FAILED = "登录失败"
    LOCKED = "锁定"
    REFUSED = "统一认证未通过"


@dataclass(frozen=True, slots=True)
class Doing:
    """One line: when (ISO, UTC), by whom, with which account, what, and the particulars."""

    at: str
    by: str
    account: str
    what: str
    detail: str


def note(
    connection: Connection, tables: PeopleTables, now: datetime, by: str, account: str, what: What, detail: str = ""
) -> None:
    """Add a line, in the transaction of what it tells of."""
    line = {"id": str(uuid7()), "at": now.isoformat(), "by": by, "account": account, "what": str(what)}
    connection.execute(tables.doings.insert().values(**line, detail=detail[:DETAIL_AT_MOST]))


def doings(
    engine: Engine, tables: PeopleTables, *, account: str = "", what: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[Doing], int]:
    """The lines that match, newest first; and how many there are."""
    table = tables.doings
    wanted = [column == value for column, value in ((table.c.account, account), (table.c.what, what)) if value]
    query = select(table.c.at, table.c.by, table.c.account, table.c.what, table.c.detail).where(*wanted)
    with engine.connect() as connection:
        total = connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
        rows = connection.execute(query.order_by(table.c.at.desc(), table.c.id.desc()).offset(offset).limit(limit))
        return [Doing(*row) for row in rows], total
