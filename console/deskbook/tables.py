"""The tables of the desk book. They lie beside the accounts, outside the record."""

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text


class DeskTables:
    """Claims, saved filters and shift handovers."""

    def __init__(self, schema: str | None) -> None:
        meta = self.meta = MetaData(schema=schema)
        self.claims = Table(
            "claims",
            meta,
            Column("order_no", String(80), primary_key=True),
            Column("desk", String(20), primary_key=True),  # "" the hotline's, else the unit's code
            Column("account", String(80), nullable=False),
            Column("name", String(80), nullable=False),
            Column("kept", Boolean, nullable=False),  # taken on purpose, until given back; else only looked at
            Column("since", String(40), nullable=False),
            Column("until", String(40), nullable=False),
        )
        self.filters = Table(
            "saved_filters",
            meta,
            Column("account", String(80), primary_key=True),
            Column("name", String(40), primary_key=True),
            Column("query", String(400), nullable=False),
        )
        self.shifts = Table(
            "shift_handovers",
            meta,
            Column("number", Integer, primary_key=True, autoincrement=True),
            Column("desk", String(20), nullable=False, index=True),
            Column("at", String(40), nullable=False),
            Column("account", String(80), nullable=False),
            Column("name", String(80), nullable=False),
            Column("note", Text, nullable=False),
            Column("standing", Text, nullable=False),  # JSON: counts, orders held, orders pressing, as they then were
            Column("taken_by", String(80), nullable=False),  # empty until the next shift signs
            Column("taken_at", String(40), nullable=False),
        )
