"""The desk book: claims that expire, filters of a person, handovers between shifts."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, case, func, select, text, true
from sqlalchemy.exc import IntegrityError

from console.administration.people import Account
from console.administration.people_tables import open_people
from console.deskbook.tables import DeskTables
from terms.errors import BadInput, Conflict

LOOKED_AT = timedelta(minutes=2)  # without a sign of life from the page
TAKEN = timedelta(hours=4)
FILTERS_AT_MOST = 8
SHIFTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody has an order before them; the others of the same desk leave it alone until `until`."""

    order_no: str
    account: str
    name: str
    kept: bool
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Shift:
    """One handover: who, when, the note, how the desk stood, and who signed for it."""

    number: int
    at: str
    account: str
    name: str
    note: str
    standing: dict[str, Any] = field(default_factory=dict)
    taken_by: str = ""
    taken_at: str = ""


class DeskBook:
    """The desk book of one Dingze. Safe to share between threads and processes: what counts lies in the database."""

    def __init__(self, url: str) -> None:
        self._engine, schema = open_people(url)
        tables = DeskTables(schema)
        self._claims, self._filters, self._shifts = tables.claims, tables.filters, tables.shifts
        with self._engine.begin() as connection:
            if schema:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('dingze_people'))"))
                connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
            tables.meta.create_all(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    # --- claims ---

    def claim(
        self, order_no: str, desk: str, account: Account, now: datetime, *, kept: bool = False, take: bool = False
    ) -> Claim:
        """Claim an order, or go on with one's claim; whoever holds it afterwards.

        `kept` takes it for hours, else it lasts two minutes after the page's last sign of life. With `take`, somebody
        else's claim is taken over.
        """
        here, own = self._at(order_no, desk), self._claims.c.account == account.account
        moment, table = now.isoformat(), self._claims
        until = (now + (TAKEN if kept else LOOKED_AT)).isoformat()
        new = {"account": account.account, "name": account.name, "kept": kept, "since": moment, "until": until}
        more = {"kept": True, "until": until} if kept else {"until": case((table.c.kept, table.c.until), else_=until)}
        free = table.c.until <= moment
        # writes come first: a transaction that reads before it writes may find the SQLite file taken meanwhile
        with self._engine.begin() as connection:
            going_on = connection.execute(table.update().where(here, own, ~free).values(more)).rowcount
            if not going_on:
                taken = connection.execute(table.update().where(here, true() if take else free).values(new)).rowcount
                if not taken:
                    with suppress(IntegrityError), connection.begin_nested():
                        connection.execute(table.insert().values(new | {"order_no": order_no, "desk": desk}))
            return _claim(connection.execute(select(table).where(here)).one())

    def release(self, order_no: str, desk: str, account: str, *, looked_at: bool = False) -> None:
        """Give a claim back; with `looked_at`, only if it was not taken on purpose. Another's is left alone."""
        where = and_(self._at(order_no, desk), self._claims.c.account == account)
        if looked_at:
            where = and_(where, self._claims.c.kept.is_(False))
        with self._engine.begin() as connection:
            connection.execute(self._claims.delete().where(where))

    def claims(self, desk: str, now: datetime, order_nos: Iterable[str] | None = None) -> dict[str, Claim]:
        """The claims of a desk that still hold, by order number."""
        where = and_(self._claims.c.desk == desk, self._claims.c.until > now.isoformat())
        if order_nos is not None:
            where = and_(where, self._claims.c.order_no.in_(sorted(order_nos)))
        with self._engine.connect() as connection:
            return {row.order_no: _claim(row) for row in connection.execute(select(self._claims).where(where))}

    def held_by_another(self, order_no: str, desk: str, account: str, now: datetime) -> Claim | None:
        """Somebody else's claim on the order, if one holds."""
        found = self.claims(desk, now, [order_no]).get(order_no)
        return found if found is not None and found.account != account else None

    def mark(self) -> str:
        """Something that changes when somebody claims an order or gives it back, and at nothing else."""
        counted = select(func.count(), func.max(self._claims.c.since))
        with self._engine.connect() as connection:
            count, last = connection.execute(counted).one()
        return f"{count}/{last or ''}"

    def _at(self, order_no: str, desk: str) -> ColumnElement[bool]:
        return and_(self._claims.c.order_no == order_no, self._claims.c.desk == desk)

    # --- saved filters ---

    def filters(self, account: str) -> Sequence[tuple[str, str]]:
        """Name and query of a person's saved filters, by name."""
        mine = select(self._filters.c.name, self._filters.c.query).where(self._filters.c.account == account)
        with self._engine.connect() as connection:
            return [(row.name, row.query) for row in connection.execute(mine.order_by(self._filters.c.name))]

    def save_filter(self, account: str, name: str, query: str) -> None:
        """Keep a filter under a name, in place of one of that name. Raises BadInput beyond eight."""
        here = and_(self._filters.c.account == account, self._filters.c.name == name)
        with self._engine.begin() as connection:
            connection.execute(self._filters.delete().where(here))
            count = select(func.count()).where(self._filters.c.account == account)
            if connection.execute(count).scalar_one() >= FILTERS_AT_MOST:
                raise BadInput("console.filters-at-most", at="name", most=FILTERS_AT_MOST)
            connection.execute(self._filters.insert().values(account=account, name=name, query=query))

    def drop_filter(self, account: str, name: str) -> None:
        """Forget a saved filter."""
        with self._engine.begin() as connection:
            here = and_(self._filters.c.account == account, self._filters.c.name == name)
            connection.execute(self._filters.delete().where(here))

    # --- shifts ---

    def hand_over(self, desk: str, account: Account, note: str, standing: dict[str, Any], now: datetime) -> int:
        """Write down a handover and give back what this person had taken; its number."""
        with self._engine.begin() as connection:
            done = connection.execute(
                self._shifts.insert()
                .values(
                    desk=desk,
                    at=now.isoformat(),
                    account=account.account,
                    name=account.name,
                    note=note,
                    standing=orjson.dumps(standing).decode(),
                    taken_by="",
                    taken_at="",
                )
                .returning(self._shifts.c.number)
            ).scalar_one()
            mine = and_(self._claims.c.account == account.account, self._claims.c.desk == desk)
            connection.execute(self._claims.delete().where(mine))
        return int(done)

    def take_over(self, number: int, desk: str, account: Account, now: datetime) -> None:
        """The next shift signs. Raises Conflict when somebody did, or when it is one's own."""
        with self._engine.begin() as connection:
            done = connection.execute(
                self._shifts.update()
                .where(
                    self._shifts.c.number == number,
                    self._shifts.c.desk == desk,
                    self._shifts.c.taken_by == "",
                    self._shifts.c.account != account.account,
                )
                .values(taken_by=account.name, taken_at=now.isoformat())
            )
        if not done.rowcount:
            raise Conflict("console.shift-not-to-be-taken")

    def shifts(self, desk: str) -> Sequence[Shift]:
        """The last handovers of a desk, the newest first."""
        last = select(self._shifts).where(self._shifts.c.desk == desk).order_by(self._shifts.c.number.desc())
        with self._engine.connect() as connection:
            return [_shift(row) for row in connection.execute(last.limit(SHIFTS_SHOWN))]

    def shift(self, number: int, desk: str) -> Shift | None:
        """One handover of a desk."""
        one = select(self._shifts).where(self._shifts.c.number == number, self._shifts.c.desk == desk)
        with self._engine.connect() as connection:
            row = connection.execute(one).first()
        return _shift(row) if row else None


def _claim(row: Any) -> Claim:
    return Claim(row.order_no, row.account, row.name, row.kept, row.since, row.until)


def _shift(row: Any) -> Shift:
    return Shift(
        row.number, row.at, row.account, row.name, row.note, orjson.loads(row.standing), row.taken_by, row.taken_at
    )
