"""In whose hands an order is: dispatched, moved, carried over, returned, supported; and what lies beside the work."""

from ledger.envelope import Event
from projections.queue.row import due_of, put, row_of
from projections.queue.stage import ASKED, EXTENDING, RETURN, mark, marked, unmarked
from projections.view import Handler, Masked, Rows


def dispatched(rows: Rows, event: Event, _: Masked) -> None:
    """派单: a unit leads, others support, and the time to handle begins."""
    told = event.payload
    put(
        rows,
        event,
        row_of(rows, event),
        state="已派单",
        lead=told["lead"],
        supports="|".join(told["supports"]),
        desk=told["desk"],
        dispatched_by=told["by"],
        dispatch_due=None,
        due=due_of(told["deadlines"], "handle", told["lead"]),
    )


def withdrawn(rows: Rows, event: Event, _: Masked) -> None:
    """撤回派单: the hotline has it again."""
    row = row_of(rows, event)
    left, again = unmarked(row, RETURN, ASKED, EXTENDING), due_of(event.payload.get("deadlines", []), "dispatch")
    put(rows, event, row, state="待派遣", lead="", supports="", due=None, dispatch_due=again, aside=left)


def moved(field: str) -> Handler:
    """改派 and 指定承办 alike: another unit leads, and its clocks begin anew."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        told = event.payload
        row = row_of(rows, event)
        again = due_of(told["deadlines"], "handle", told[field])
        put(
            rows,
            event,
            row,
            state="已派单" if told[field] != told["from_unit"] else row["stands"],
            aside=unmarked(row, RETURN, ASKED, mark(EXTENDING, told["from_unit"])),
            lead=told[field],
            supports="|".join(told["supports"]),
            desk=told["desk"],
            bounces=told["bounces"],
            due=again or row["due"],
        )

    return handler


def carried_over(rows: Rows, event: Event, _: Masked) -> None:
    """机构改革: the successor stands in the unit's place and nothing else changes; or the hotline has it again."""
    told, row = event.payload, row_of(rows, event)
    unit, to = told["from_unit"], told["to_unit"]
    lead = to if unit == row["lead"] else row["lead"]
    supports = [to if one == unit else one for one in row["supports"].split("|")]
    left = "|".join(dict.fromkeys(one for one in supports if one and one != lead))
    if told["part"] == "lead" and not to:
        again = due_of(told["deadlines"], "dispatch")
        put(
            rows, event, row, state="待派遣", state_before="", lead="", supports="", desk=None, due=None,
            dispatch_due=again, aside=unmarked(row, RETURN, ASKED, EXTENDING),
        )  # fmt: skip
    else:
        put(rows, event, row, lead=lead, supports=left, desk=told["desk"])


def returned(rows: Rows, event: Event, _: Masked) -> None:
    """退单: the lead's return lies beside the work until its review decides; a support's changes nothing here."""
    row = row_of(rows, event)
    if event.payload["part"] != "lead":
        return
    fresh = row | {"aside": unmarked(row, ASKED)}
    aside = marked(fresh, mark(RETURN, event.payload["proposed_unit"] or ""))
    put(rows, event, row, aside=aside, returns=row["returns"] + 1)


def in_hand_again(rows: Rows, event: Event, _: Masked) -> None:
    """The return was refused or taken back."""
    row = row_of(rows, event)
    put(rows, event, row, aside=unmarked(row, RETURN, ASKED))


def support_added(rows: Rows, event: Event, _: Masked) -> None:
    """加派."""
    row = row_of(rows, event)
    supports = [unit for unit in row["supports"].split("|") if unit] + [event.payload["unit"]]
    aside = row["aside"] if event.payload.get("objection") is None else unmarked(row, RETURN, ASKED)
    put(rows, event, row, supports="|".join(dict.fromkeys(supports)), aside=aside)


def support_released(rows: Rows, event: Event, _: Masked) -> None:
    """A support is let go."""
    row = row_of(rows, event)
    left = [unit for unit in row["supports"].split("|") if unit and unit != event.payload["unit"]]
    put(rows, event, row, supports="|".join(left), aside=unmarked(row, mark(EXTENDING, event.payload["unit"])))


def beside(kind: str, named: str) -> Handler:
    """Something lies beside the work from now on; `named` is the field that says whose."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = row_of(rows, event)
        put(rows, event, row, aside=marked(row, mark(kind, event.payload[named])))

    return handler


def settled(kind: str, named: str) -> Handler:
    """What lay beside the work is settled."""

    def handler(rows: Rows, event: Event, _: Masked) -> None:
        row = row_of(rows, event)
        put(rows, event, row, aside=unmarked(row, mark(kind, event.payload[named])))

    return handler
