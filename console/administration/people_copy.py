"""Accounts and API tokens on their way into a backup and back. Sessions stay behind: everybody signs in anew."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table, select, tuple_

from console.administration.people import People
from console.administration.people_tables import PeopleTables, open_people

STAY = ("sessions", "keys")  # who is signed in, and what signs their cookies


def people_out(url: str) -> Iterator[list[Any]]:
    """Every account and token beside a ledger as `[table, {column: value}]`; passwords and tokens as digests only."""
    People(url).close()  # the tables are there
    engine, schema = open_people(url)
    try:
        with engine.connect() as connection:
            for table in _tables(schema):
                order = list(table.primary_key.columns)
                for row in connection.execute(select(table).order_by(*order)).mappings():
                    yield [str(table.name), {str(name): value for name, value in row.items()}]
    finally:
        engine.dispose()


def people_in(url: str, rows: Iterable[list[Any]]) -> int:
    """Put accounts and tokens back that are not there yet; how many accounts came."""
    People(url).close()
    engine, schema = open_people(url)
    came = 0
    try:
        with engine.begin() as connection:
            tables = {table.name: table for table in _tables(schema)}
            for name, row in rows:
                table = tables[name]
                key = tuple_(*table.primary_key.columns)
                same = key == tuple(row[column.name] for column in table.primary_key.columns)
                if connection.execute(select(table).where(same)).first() is None:
                    connection.execute(table.insert().values(row))
                    came += name == "accounts"
    finally:
        engine.dispose()
    return came


def _tables(schema: str | None) -> list[Table]:
    return [table for table in PeopleTables(schema).meta.sorted_tables if table.name not in STAY]
