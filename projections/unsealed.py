"""Who opened sealed personal data: one line a reading, with the event behind it. The data itself is nowhere here."""

from sqlalchemy import String, Text

from ledger.envelope import Event
from projections.days import day_of
from projections.view import FactTable, Masked, Rows, View
from terms.actors import Actor

READ = FactTable(
    name="read",
    columns=(
        ("order_no", String(80)),
        ("account", String(80)),
        ("role", String(40)),
        ("unit", String(20)),  # "" for whoever belongs to none
        ("purpose", Text()),
        ("fields", Text()),  # joined by |
        ("at", String(40)),  # ISO, UTC
        ("day", String(10)),  # the city's
    ),
    indexes=(("account",), ("order_no",), ("day",)),
)


def _read(rows: Rows, event: Event, _: Masked) -> None:
    told, actor = event.payload, Actor.parse(event.actor)
    rows.add(
        "read",
        {"order_no": told["order_no"], "account": told["account"], "role": str(actor.role), "unit": actor.unit or "",
         "purpose": told["purpose"], "fields": "|".join(told["fields"]), "at": event.occurred_at.isoformat(),
         "day": day_of(event.occurred_at)},
    )  # fmt: skip


def _opened(rows: Rows, event: Event, _: Masked) -> None:
    """What lay in quarantine was opened: it stands for the order it has not become."""
    told, actor = event.payload, Actor.parse(event.actor)
    rows.add(
        "read",
        {"order_no": event.stream, "account": told["account"], "role": str(actor.role), "unit": actor.unit or "",
         "purpose": told["purpose"], "fields": "quarantined", "at": event.occurred_at.isoformat(),
         "day": day_of(event.occurred_at)},
    )  # fmt: skip


UNSEALED = View(
    name="unsealed", version=2, tables=(READ,), handlers={"PersonalDataRead": _read, "InputRead": _opened}, cost=8
)
