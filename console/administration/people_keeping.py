"""What an administrator does with accounts: opens, changes, resets, switches, unlocks; tokens and sessions beside.

Each leaves a line that says who did it. Nobody changes their own role or locks themselves out, and there is always one
administrator who may come in.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from console.access import needs_unit
from console.administration.people import Account, People, account_of
from console.administration.people_doings import What, note
from terms.actors import Role
from terms.errors import BadInput, NotFound, NotPermitted
from terms.ids import UnitCode

MARK = 16  # hex digits of a digest that name a session or a token on a page; they open nothing


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as an administrator sees it. `locked_until` is empty unless it is locked now."""

    account: Account
    has_password: bool
    failures: int
    locked_until: str
    sessions: int
    tokens: int

    @property
    def state(self) -> str:
        """One word for it."""
        if self.account.disabled:
            return "已停用"
        if self.locked_until:
            return "已锁定"
        return "待改密" if self.account.must_change else "正常"


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign-in that holds, named by the beginning of its digest; moments are ISO, UTC."""

    mark: str
    account: str
    started_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class TokenLine:
    """An API token, named by the beginning of its digest. The token itself is nowhere."""

    mark: str
    account: str
    label: str
    scopes: tuple[str, ...]
    expires_at: str


class Keeping:
    """An administrator's hand on the accounts; `by` is who acts, for the line that each change leaves."""

    def __init__(self, people: People, by: str, now: datetime) -> None:
        self._people = people
        self._engine, self._tables = people.engine, people.tables
        self._by, self._now = by, now

    # --- reading ---

    def standings(self) -> Sequence[Standing]:
        """Every account, by id."""
        accounts = self._tables.accounts
        with self._engine.connect() as connection:
            counts = [self._holding(connection, one) for one in (self._tables.sessions, self._tables.tokens)]
            rows = connection.execute(select(accounts).order_by(accounts.c.account)).all()
        return [self._standing(row, *(one.get(row.account, 0) for one in counts)) for row in rows]

    def _holding(self, connection: Connection, table: Any) -> dict[str, int]:
        count = select(table.c.account, func.count()).where(table.c.expires_at > self._now.isoformat())
        return {row[0]: row[1] for row in connection.execute(count.group_by(table.c.account))}

    def standing(self, account: str) -> Standing:
        """One account. Raises NotFound."""
        for one in self.standings():
            if one.account.account == account:
                return one
        raise NotFound("console.no-such-account", account=account)

    def _standing(self, row: Row[Any], sessions: int, tokens: int) -> Standing:
        locked = row.locked_until if row.locked_until > self._now.isoformat() else ""
        return Standing(account_of(row), bool(row.password), row.failures, locked, sessions, tokens)

    def sessions(self, account: str = "") -> Sequence[Signed]:
        """The sign-ins that hold now, of one account or of all, newest first."""
        table = self._tables.sessions
        query = select(table).where(table.c.expires_at > self._now.isoformat()).order_by(table.c.started_at.desc())
        if account:
            query = query.where(table.c.account == account)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [Signed(row.digest[:MARK], row.account, row.started_at, row.expires_at) for row in rows]

    def tokens(self, account: str) -> Sequence[TokenLine]:
        """The tokens of an account, those that ended too, by label."""
        table = self._tables.tokens
        query = select(table).where(table.c.account == account).order_by(table.c.label, table.c.digest)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            TokenLine(row.digest[:MARK], row.account, row.label, tuple(row.scopes.split()), row.expires_at)
            for row in rows
        ]

    # --- changing ---

    def open(self, account: Account, *, elsewhere: bool = False) -> str:
        """Open an account; its first password, shown once. Raises BadInput for a taken id or a role without a unit.

        `elsewhere`: the person signs in by another system only; there is no password.
        """
        _whole(account)
        if elsewhere:
            self._people.add(account)
            self._note(account.account, What.OPENED, _told(account) + "，只用统一认证")
            return ""
        password = self._people.open(replace(account, must_change=True))
        self._note(account.account, What.OPENED, _told(account))
        return password

    def change(self, account: str, *, name: str, role: Role, unit: UnitCode | None) -> None:
        """Another name, role or unit; its sessions end when what it may do changes. Raises NotPermitted."""
        before = self.standing(account).account
        after = replace(before, name=name, role=role, unit=unit)
        if after == before:
            return
        _whole(after)
        if after.role != before.role:
            self._not_oneself(account)
            self._one_administrator_stays(before)
        with self._engine.begin() as connection:
            self._update(connection, account, name=name, role=str(role), unit=unit)
            if (after.role, after.unit) != (before.role, before.unit):
                self._out(connection, account)
            self._noted(connection, account, What.CHANGED, f"{_told(before)} → {_told(after)}")

    def own_password(self, account: str, old: str, new: str) -> None:
        """Somebody gives themselves another password; every session of theirs ends. Raises NotPermitted, BadInput."""
        self._people.check_password(account, old, self._now)
        self._people.set_password(account, new)
        self._note(account, What.PASSWORD)

    def reset(self, account: str) -> str:
        """Another first password, shown once; whoever is in is signed out. Raises BadInput for a sample account."""
        if self.standing(account).account.sample:
            raise BadInput("console.sample-has-no-password", at="account")
        password = self._people.reset(account)
        self._note(account, What.RESET)
        return password

    def switch(self, account: str, enabled: bool) -> None:
        """Let an account in, or no longer: its sessions end, and its tokens open nothing while it is off."""
        before = self.standing(account).account
        if before.disabled is not enabled:
            return
        if not enabled:
            self._not_oneself(account)
            self._one_administrator_stays(before)
        with self._engine.begin() as connection:
            self._update(connection, account, disabled=not enabled)
            self._out(connection, account)
            self._noted(connection, account, What.ENABLED if enabled else What.DISABLED)

    def unlock(self, account: str) -> None:
        """Let somebody try again at once."""
        self.standing(account)
        with self._engine.begin() as connection:
            self._update(connection, account, failures=0, locked_until="")
            self._noted(connection, account, What.UNLOCKED)

    def issue(self, account: str, label: str, scopes: Sequence[str], days: int) -> str:
        """A token for a program that acts as this account; shown once. Raises BadInput without a scope."""
        self.standing(account)
        if not scopes:
            raise BadInput("console.token-needs-scope", at="scopes")
        token = self._people.issue_token(account, label, scopes, self._now, days)
        mark = hashlib.sha256(token.encode()).hexdigest()[:MARK]
        self._note(account, What.TOKEN_ISSUED, f"{label}（{mark}）：{' '.join(sorted(set(scopes)))}，{days} 天")
        return token

    def revoke(self, account: str, mark: str) -> None:
        """A token opens nothing any more. Raises NotFound."""
        self._gone(self._tables.tokens, account, mark, What.TOKEN_REVOKED)

    def end_session(self, account: str, mark: str) -> None:
        """Sign somebody out. Raises NotFound for a session that has ended."""
        self._gone(self._tables.sessions, account, mark, What.SESSION_ENDED)

    # --- inside ---

    def _gone(self, table: Any, account: str, mark: str, what: What) -> None:
        if len(mark) != MARK or not mark.isalnum():
            raise NotFound("console.no-such-mark", mark=mark)
        with self._engine.begin() as connection:
            where = (table.c.account == account) & table.c.digest.startswith(mark)
            if not connection.execute(table.delete().where(where)).rowcount:
                raise NotFound("console.no-such-mark", mark=mark)
            self._noted(connection, account, what, mark)

    def _not_oneself(self, account: str) -> None:
        if account == self._by:
            raise NotPermitted("console.not-oneself")

    def _one_administrator_stays(self, leaving: Account) -> None:
        if leaving.role is not Role.ADMINISTRATOR or leaving.disabled:
            return
        others = (one.account for one in self.standings() if one.account.account != leaving.account)
        if not any(one.role is Role.ADMINISTRATOR and not one.disabled for one in others):
            raise NotPermitted("console.last-administrator")

    def _update(self, connection: Connection, account: str, **values: Any) -> None:
        accounts = self._tables.accounts
        connection.execute(accounts.update().where(accounts.c.account == account).values(**values))

    def _out(self, connection: Connection, account: str) -> None:
        sessions = self._tables.sessions
        connection.execute(sessions.delete().where(sessions.c.account == account))

    def _noted(self, connection: Connection, account: str, what: What, detail: str = "") -> None:
        note(connection, self._tables, self._now, self._by, account, what, detail)

    def _note(self, account: str, what: What, detail: str = "") -> None:
        with self._engine.begin() as connection:
            self._noted(connection, account, what, detail)


def _whole(account: Account) -> None:
    if needs_unit(account.role) and account.unit is None:
        raise BadInput("console.role-needs-unit", at="unit")


def _told(account: Account) -> str:
    return f"{account.name}，{account.role}" + f"@{account.unit}" * bool(account.unit)
