"""Who may sign in: accounts, sessions and API tokens. They are never events; passwords are kept as argon2id.

They live in a file of their own beside a SQLite ledger (`<file>.people`), in a schema of their own in PostgreSQL, so
that the record holds no personal account and a copy of the record lets nobody in.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, select, text

from console.administration.people_doings import What, note
from console.administration.people_tables import PeopleTables, open_people
from terms.actors import Actor, Role
from terms.errors import BadInput, NotPermitted
from terms.ids import UnitCode

FAILURES_AT_MOST = 5
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_LEAST = 10  # characters
ACCOUNT_AT_MOST = 80
SCOPES = (
    "orders:read", "orders:write", "returns:write", "route", "commands", "cases:read", "findings:read", "holds:read",
    "export:organisation", "export:personnel", "export:finance", "export:discipline", "export:inspection",
    "export:assessment",
    "papers:read",
    "scores:read",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `account` is the id kept in the ledger; `name` is shown on pages only."""

    account: str
    name: str
    role: Role
    unit: UnitCode | None = None
    sample: bool = False  # signs in by a button, on loopback only
    must_change: bool = False  # the password, before anything else
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """Who stands in the ledger for what this person does."""
        return Actor(self.account, self.role, self.unit)


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that still holds. `scopes` is None for a person at a page, a set for an API token."""

    account: Account
    csrf: str
    scopes: frozenset[str] | None = None


class People:
    """The accounts of one Dingze. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._engine, schema = open_people(url)
        tables = self.tables = PeopleTables(schema)
        self._accounts, self._sessions = tables.accounts, tables.sessions
        self._tokens, self._keys = tables.tokens, tables.keys
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))  # an unknown account takes as long as a known one
        self._lock = threading.Lock()
        with self._engine.begin() as connection:
            if schema:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('dingze_people'))"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
            tables.meta.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @property
    def engine(self) -> Engine:
        """The database the accounts lie in."""
        return self._engine

    # --- accounts ---

    def add(self, account: Account, password: str = "") -> None:
        """Open an account; there must be none of that id. Raises BadInput for a weak password or a taken id."""
        hashed = self._hashed(password) if password else ""
        with self._engine.begin() as connection:
            taken = self._accounts.c.account == account.account
            if connection.execute(select(self._accounts.c.account).where(taken)).first():
                raise BadInput("console.account-taken", at="account", account=account.account)
            connection.execute(self._accounts.insert().values(**_columns(account), password=hashed))

    def open(self, account: Account) -> str:
        """Open an account with a first password, which is kept nowhere else. Raises BadInput for a taken id."""
        password = secrets.token_urlsafe(12)
        self.add(account, password)
        return password

    def add_missing(self, accounts: Iterable[Account]) -> int:
        """Open those accounts that are not there yet, without a password; how many were new."""
        with self._engine.begin() as connection:
            there = set(connection.execute(select(self._accounts.c.account)).scalars())
            new = [_columns(one) | {"password": ""} for one in accounts if one.account not in there]
            if new:
                connection.execute(self._accounts.insert(), new)
            return len(new)

    def account(self, account: str) -> Account | None:
        """The account of that id."""
        with self._engine.connect() as connection:
            row = connection.execute(select(self._accounts).where(self._accounts.c.account == account)).first()
        return account_of(row) if row else None

    def name_of(self, account: str) -> str:
        """The name of whoever has the account; the account itself where there is none."""
        found = self.account(account)
        return found.name if found else account

    def of_unit(self, unit: UnitCode) -> Sequence[Account]:
        """Who acts for a unit and is not shut out, by account."""
        there = (self._accounts.c.unit == unit, self._accounts.c.disabled.is_(False))
        with self._engine.connect() as connection:
            rows = connection.execute(select(self._accounts).where(*there).order_by(self._accounts.c.account)).all()
        return [account_of(row) for row in rows]

    def samples(self) -> Sequence[Account]:
        """The sample users, for the buttons of the sign-in page."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(self._accounts).where(self._accounts.c.sample.is_(True)).order_by(self._accounts.c.account)
            ).all()
        return [account_of(row) for row in rows]

    def check_password(self, account: str, password: str, now: datetime) -> Account:
        """The account, if the password is right. Locks it for 15 minutes after five failures. Raises NotPermitted.

        An unknown account, a wrong password and a disabled account answer alike.
        """
        with self._lock, self._engine.begin() as connection:
            where = self._accounts.c.account == account
            row = connection.execute(select(self._accounts).where(where)).first()
            locked = row is not None and row.locked_until > now.isoformat()
            right = self._matches(row.password if row and row.password else self._nobody, password)
            if row is None or locked or not right or row.disabled or not row.password:
                if row is not None and not locked:
                    failures = row.failures + 1
                    full = failures >= FAILURES_AT_MOST
                    connection.execute(
                        self._accounts.update()
                        .where(where)
                        .values(
                            failures=0 if full else failures,
                            locked_until=(now + LOCKED_FOR).isoformat() if full else "",
                        )
                    )
                    what = What.LOCKED if full else What.FAILED
                    note(connection, self.tables, now, account, account, what)
                found = None
            else:
                connection.execute(self._accounts.update().where(where).values(failures=0, locked_until=""))
                found = account_of(row)
        if found is None:  # raised outside the transaction, or the count of failures would be rolled back
            raise NotPermitted("console.locked" if locked else "console.wrong-password")
        return found

    def vouched(self, account: str, now: datetime) -> Account:
        """The account another system vouches for. Raises NotPermitted unless it is there and may come in.

        A sample account has nobody behind it: nobody comes in by it from elsewhere.
        """
        found = self.account(account[:ACCOUNT_AT_MOST])
        if found is None or found.disabled or found.sample:
            with self._engine.begin() as connection:
                note(connection, self.tables, now, "统一认证", account[:ACCOUNT_AT_MOST], What.REFUSED)
            raise NotPermitted("sso.no-account")
        return found

    def set_password(self, account: str, password: str) -> None:
        """Give an account a password, end its other sessions. Raises BadInput for a weak one."""
        hashed = self._hashed(password)
        with self._engine.begin() as connection:
            connection.execute(
                self._accounts.update()
                .where(self._accounts.c.account == account)
                .values(password=hashed, must_change=False, failures=0, locked_until="")
            )
            connection.execute(self._sessions.delete().where(self._sessions.c.account == account))

    def reset(self, account: str) -> str:
        """Give an account another first password, to be changed at once; its sessions end."""
        password = secrets.token_urlsafe(12)
        self.set_password(account, password)
        with self._engine.begin() as connection:
            where = self._accounts.c.account == account
            connection.execute(self._accounts.update().where(where).values(must_change=True))
        return password

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False

    def _hashed(self, password: str) -> str:
        if len(password) < PASSWORD_LEAST or password.isdigit() or len(set(password)) < 5:
            raise BadInput("console.weak-password", at="new", least=PASSWORD_LEAST)
        return self._hasher.hash(password)

    # --- sessions and tokens ---

    def start_session(self, account: Account, now: datetime, hours: int, how: str = "") -> str:
        """Begin a sign-in; the value of its cookie, which is kept nowhere here. Old sessions are cleared away."""
        token = secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(self._sessions.delete().where(self._sessions.c.expires_at < now.isoformat()))
            connection.execute(
                self._sessions.insert().values(
                    digest=_digest(token),
                    account=account.account,
                    csrf=secrets.token_urlsafe(24),
                    started_at=now.isoformat(),
                    expires_at=(now + timedelta(hours=hours)).isoformat(),
                )
            )
            note(connection, self.tables, now, account.account, account.account, What.SIGNED_IN, how)
        return token

    def session(self, token: str, now: datetime) -> Session | None:
        """The sign-in behind a cookie, if it still holds."""
        table = self._sessions
        query = (
            select(table.c.csrf, self._accounts)
            .join(self._accounts, self._accounts.c.account == table.c.account)
            .where(table.c.digest == _digest(token), table.c.expires_at > now.isoformat())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return Session(account_of(row), row.csrf) if row and not row.disabled else None

    def end_session(self, token: str) -> None:
        """Sign out."""
        with self._engine.begin() as connection:
            connection.execute(self._sessions.delete().where(self._sessions.c.digest == _digest(token)))

    def issue_token(self, account: str, label: str, scopes: Iterable[str], now: datetime, days: int = 365) -> str:
        """A new API token of an account, shown once. Raises BadInput for a scope there is not."""
        asked = sorted(set(scopes))
        if unknown := [scope for scope in asked if scope not in SCOPES]:
            raise BadInput("console.unknown-scope", at="scopes", scope="、".join(unknown), known="、".join(SCOPES))
        token = "dz_" + secrets.token_urlsafe(32)
        with self._engine.begin() as connection:
            connection.execute(
                self._tokens.insert().values(
                    digest=_digest(token),
                    account=account,
                    label=label,
                    scopes=" ".join(asked),
                    expires_at=(now + timedelta(days=days)).isoformat(),
                )
            )
        return token

    def token(self, token: str, now: datetime) -> Session | None:
        """What an API token stands for, if it still holds."""
        table = self._tokens
        query = (
            select(table.c.scopes, self._accounts)
            .join(self._accounts, self._accounts.c.account == table.c.account)
            .where(table.c.digest == _digest(token), table.c.expires_at > now.isoformat())
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled:
            return None
        return Session(account_of(row), "", frozenset(row.scopes.split()))

    def signing_key(self) -> str:
        """The key that signs cookies; made at first use, the same for every process on this database."""
        with self._lock, self._engine.begin() as connection:
            found: str | None = connection.execute(
                select(self._keys.c.value).where(self._keys.c.name == "cookies")
            ).scalar()
            if found is None:
                found = secrets.token_urlsafe(48)
                connection.execute(self._keys.insert().values(name="cookies", value=found))
            return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _columns(account: Account) -> dict[str, Any]:
    return {
        "account": account.account,
        "name": account.name,
        "role": str(account.role),
        "unit": account.unit,
        "sample": account.sample,
        "must_change": account.must_change,
        "disabled": account.disabled,
        "failures": 0,
        "locked_until": "",
    }


def account_of(row: Any) -> Account:
    """A row of the table of accounts."""
    unit = UnitCode(row.unit) if row.unit else None
    return Account(row.account, row.name, Role(row.role), unit, row.sample, row.must_change, row.disabled)
