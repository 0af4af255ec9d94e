"""Every view the program keeps, over every fact there is, lawful or not: live == rebuilt == folded plainly == counted.

The facts are the golden payloads of `tests/casework`, dealt out to a few orders, cases, findings and sheets. A view
that nobody counts again here, in a few lines of its own, makes this file fail.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework import events as e
from casework.paperwork.state import Phase
from dingze.known import VIEWS
from ledger.envelope import Append, Event, NewEvent
from projections.view import OPEN, StateTable, View
from terms.ids import Position, StreamId
from tests.projections.conftest import Desk, desk_at
from tests.projections.lives import START
from tests.projections.naive import content, fold

GOLDEN = {
    name: told["payload"]
    for name, told in json.loads((Path(__file__).parents[1] / "casework/golden/facts.json").read_text("utf-8")).items()
}
HANDLED = sorted(name for name in GOLDEN if any(name in view.handlers for view in VIEWS))
# field that names the thing → the kind of its stream, and the things there are in these tests
THINGS = {
    "order_no": ("order", ("N0", "N1", "N2")),
    "case_no": ("case", ("B0", "B1")),
    "finding_no": ("finding", ("F0", "F1")),
    "digest_no": ("digest", ("D0", "D1")),
    "quarter": ("scores", ("2023-Q1", "2023-Q2")),
    "paper_no": ("paper", ("W0", "W1")),
    "sheet_no": ("assessment", ("P0", "P1")),
}
HISTORIES = st.lists(
    st.tuples(st.integers(0, len(HANDLED) - 1), st.integers(0, 5)), min_size=1, max_size=90
)  # which fact, of which thing


def facts(history: Sequence[tuple[int, int]]) -> list[Append]:
    """The history as appends, an hour apart."""
    found = []
    for hour, (kind, which) in enumerate(history):
        name = HANDLED[kind]
        fact = e.read(name, GOLDEN[name])
        field = next((one for one in THINGS if one in type(fact).model_fields), "")
        stream, things = THINGS.get(field, ("papers", ("series",)))
        thing = things[which % len(things)]
        payload = fact.to_payload() | ({field: thing} if field else {})
        if name in ("OrdersMerged", "OrderUnmerged") and which % 2:
            payload["child"] = thing  # half of them tell the child, half the parent
        event = NewEvent(name, payload, START + timedelta(hours=hour), "clerk:acc@C03", fact.SCHEMA)
        found.append(Append(StreamId(f"{stream}-{thing}"), None, (event,)))
    return found


def texts(desk: Desk, events: Sequence[Event]) -> dict[str, Any]:
    """The masked texts, as the desk opens them."""
    return dict(desk.masked([event for event in events if event.payload.get("masked")]))


# --- a few lines for each view ---

Counted = tuple[object, object]  # from the events, from the rows
Rows = dict[str, list[dict[str, Any]]]


def per(events: Sequence[Event], field: str, *types: str, **also: Any) -> Counter[str]:
    """How many events of these types each thing has."""
    return Counter(
        one.payload[field]
        for one in events
        if one.type in types and all(one.payload[name] == value for name, value in also.items())
    )


def last(events: Sequence[Event], field: str, said: dict[str, Any]) -> dict[str, Any]:
    """What the last event of these types says of each thing; a callable says it from the event."""
    found: dict[str, Any] = {}
    for one in events:
        if one.type in said:
            word = said[one.type]
            found[one.payload[field]] = word(one.payload) if callable(word) else word
    return found


def _queue(events: Sequence[Event], rows: Rows) -> Counted:
    received = last(events, "order_no", {"WorkOrderReceived": lambda told: told["kind"]})
    shown = {row["order_no"]: row["kind"] for row in rows["orders"] if row["order_no"] in received}
    asked = {
        (one.payload["order_no"], one.type)
        for one in events
        if one.type in ("ExtensionRequested", "SupportObjected", "ExclusionRequested")
    }
    types = {"extension": "ExtensionRequested", "objection": "SupportObjected", "exclusion": "ExclusionRequested"}
    never = {(row["order_no"], types[row["what"]]) for row in rows["requests"]} - asked
    return (received, set()), (shown, never)


def _tasks(events: Sequence[Event], rows: Rows) -> Counted:
    given = {one.payload["order_no"] for one in events if one.type in ("WorkOrderDispatched", "SupportAdded")}
    moved = {one.payload["order_no"] for one in events if one.type in ("OrderReassigned", "UnitDesignated")}
    shown = {row["order_no"] for row in rows["parts"]}
    return (given - shown, shown - given - moved), (set(), set())


def _awaiting(events: Sequence[Event], rows: Rows) -> Counted:
    settled = {
        one.payload["order_no"]
        for one in events
        if one.type in ("OrderNotAccepted", "AnsweredAtOnce", "OrderClosed", "PersonalDataErased")
    }
    return settled, {row["order_no"] for row in rows["proposals"] if row["settled"]}


def _outcomes(events: Sequence[Event], rows: Rows) -> Counted:
    erased = {one.payload["order_no"] for one in events if one.type == "PersonalDataErased"}
    designated = {(one.payload["order_no"], one.payload["unit"]) for one in events if one.type == "UnitDesignated"}
    taught = {(row["order_no"], row["unit"]): row["kind"] for row in rows["outcomes"]}
    return (
        {key: True for key in designated if key[0] not in erased},
        {key: taught.get(key) in ("designated", "decided") for key in designated if key[0] not in erased},
    )


def _matters(events: Sequence[Event], rows: Rows) -> Counted:
    decided = last(events, "matter_id", {"DutyPointsWritten": lambda told: told["lead"]})
    return decided, {row["matter_id"]: row["decided"] for row in rows["matters"] if row["decided"]}


def _cases(events: Sequence[Event], rows: Rows) -> Counted:
    types = {"BoundaryCaseOpened": "opened", "NegotiationHeld": "negotiated", "CaseClosed": "closed"}
    told = Counter((one.payload["case_no"], types[one.type]) for one in events if one.type in types)
    return told, Counter((row["case_no"], row["step"]) for row in rows["steps"] if row["step"] in types.values())


def _disputes(events: Sequence[Event], rows: Rows) -> Counted:
    asked = per(events, "order_no", "ReturnRequested") + per(events, "order_no", "HistoryRecorded", what="returned")
    return asked, Counter(row["order_no"] for row in rows["returned"] if row["what"] == "returned")


def _accountability(events: Sequence[Event], rows: Rows) -> Counted:
    told: Counter[tuple[str, str]] = Counter()
    for one in events:
        if one.type in ("ReturnRefused", "SupervisionIssued", "ExclusionGranted"):
            told[one.type, one.payload["unit"]] += 1
    names = {"return_refused": "ReturnRefused", "supervised": "SupervisionIssued", "excluded": "ExclusionGranted"}
    return told, Counter((names[row["measure"]], row["unit"]) for row in rows["facts"] if row["measure"] in names)


def _coverage(events: Sequence[Event], rows: Rows) -> Counted:
    said = ("ReturnRequested", "SupportObjected", "ProposedUnitAnswered")
    told = Counter(one.payload["denied_clause"] for one in events if one.type in said and one.payload["denied_clause"])
    return told, Counter(row["clause"] for row in rows["uses"] if row["how"] == "denied")


def _heat(events: Sequence[Event], rows: Rows) -> Counted:
    ended = {
        one.payload["order_no"] for one in events if one.type in ("OrderNotAccepted", "AnsweredAtOnce", "OrderClosed")
    }
    again = {  # an order that comes in anew is open again
        number for number in ended
        if (kinds := [one.type for one in events if one.payload.get("order_no") == number])
        and "WorkOrderReceived" in kinds
        and max(at for at, kind in enumerate(kinds) if kind == "WorkOrderReceived")
        > max(at for at, kind in enumerate(kinds) if kind in ("OrderNotAccepted", "AnsweredAtOnce", "OrderClosed"))
    }  # fmt: skip
    closed = {row["order_no"] for row in rows["spots"] if not row["open"]}
    return (ended - again) - closed, set()


def _faults(events: Sequence[Event], rows: Rows) -> Counted:
    states = {"HandOverSent": "sent", "HandOverReceived": "received"}
    sent = {(one.payload["order_no"], one.payload["hand_over"]) for one in events if one.type == "HandOverSent"}
    ids = {one.event_id for one in events}
    proofs = {proof for row in rows["signs"] for proof in row["evidence"].split("|")}
    kept = {
        (row["order_no"], row["hand_over"]) for row in rows["hand_overs"] if row["state"] in (*states.values(), "over")
    }
    return (sent, set()), (kept & sent, proofs - ids)


def _digests(events: Sequence[Event], rows: Rows) -> Counted:
    opened: dict[str, set[str]] = {}
    closed: set[tuple[str, str]] = set()
    for one in events:
        number = one.payload.get("digest_no", "")
        if one.type == "DigestOpened":
            for item in one.payload["items"]:
                opened.setdefault(number, set()).add(item["item"])
                closed.discard((number, item["item"]))
        elif one.type == "DigestItemClosed" and one.payload["item"] in opened.get(number, ()):
            closed.add((number, one.payload["item"]))
    every = {(number, item): (number, item) in closed for number, items in opened.items() for item in items}
    return every, {(row["digest_no"], row["item"]): row["closed"] for row in rows["items"]}


def _findings(events: Sequence[Event], rows: Rows) -> Counted:
    phases = {
        "FindingProposed": "待研判", "FindingRaised": "已立项", "FindingDismissed": "不予立项",
        "FeedbackGiven": "已反馈", "SupervisionPaperIssued": "整改中", "SupervisionNoticeIssued": "整改中",
        "RectificationReported": "待评估", "FindingClosed": "已销号",
    }  # fmt: skip
    asked = [one for one in events if one.type != "FindingReassessed" or not one.payload["passed"]]
    told = last(asked, "finding_no", phases | {"FindingReassessed": "整改中"})
    return told, {row["finding_no"]: row["phase"] for row in rows["findings"] if row["phase"]}


def _score_sheets(events: Sequence[Event], rows: Rows) -> Counted:
    """Published or not, and who is scored: after the last draft, with what objections corrected since."""
    phase: dict[str, str] = {}
    scores: dict[tuple[str, str], int | None] = {}
    for one in events:
        told = one.payload
        if one.type == "ScoresDrafted":
            phase[told["quarter"]] = "征求异议"
            scores = {key: score for key, score in scores.items() if key[0] != told["quarter"]}
            scores |= {(told["quarter"], line["unit"]): line["score"] for line in told["lines"]}
        elif one.type == "ScoresPublished" and told["quarter"] in phase:
            phase[told["quarter"]] = "已发布"
        elif one.type == "ScoreObjectionDecided" and told["line"] and (told["quarter"], told["unit"]) in scores:
            scores[told["quarter"], told["unit"]] = told["line"]["score"]
    return (phase, scores), (
        {row["quarter"]: row["phase"] for row in rows["sheets"]},
        {(row["quarter"], row["unit"]): row["score"] for row in rows["lines"]},
    )


def _assessments(events: Sequence[Event], rows: Rows) -> Counted:
    opened: set[str] = set()
    phases: dict[str, str] = {}
    words = {"AssessmentOpened": "待自评", "AssessmentFilled": "待复核", "AssessmentSentBack": "待自评",
             "AssessmentReviewed": "待签发", "AssessmentSigned": "已签发"}  # fmt: skip
    for one in events:
        if one.type in words:
            number = one.payload["sheet_no"]
            opened |= {number} if one.type == "AssessmentOpened" else set()
            if number in opened:
                phases[number] = words[one.type]
    return phases, {row["sheet_no"]: row["phase"] for row in rows["sheets"]}


def _papers(events: Sequence[Event], rows: Rows) -> Counted:
    words = {"PaperDrafted": "", "PaperReviewed": "", "PaperSigned": "signed", "DraftDropped": ""}
    drafted: set[str] = set()
    told = []
    for one in events:  # what is told of a paper before its draft is nothing
        drafted |= {one.payload["paper_no"]} if one.type == "PaperDrafted" else set()
        told += [one] if one.payload.get("paper_no") in drafted else []
    signed = {number for number, word in last(told, "paper_no", words).items() if word}
    return signed, {row["paper_no"] for row in rows["papers"] if row["phase"] == str(Phase.SIGNED)}


def _unsealed(events: Sequence[Event], rows: Rows) -> Counted:
    read = [one for one in events if one.type == "PersonalDataRead"]
    return (
        Counter((one.payload["order_no"], one.payload["account"]) for one in read),
        Counter((row["order_no"], row["account"]) for row in rows["read"]),
    )


COUNTED: dict[str, Callable[[Sequence[Event], Rows], Counted]] = {
    "queue": _queue,
    "tasks": _tasks,
    "awaiting": _awaiting,
    "outcomes": _outcomes,
    "matters": _matters,
    "cases": _cases,
    "disputes": _disputes,
    "accountability": _accountability,
    "coverage": _coverage,
    "heat": _heat,
    "faults": _faults,
    "digests": _digests,
    "findings": _findings,
    "papers": _papers,
    "unsealed": _unsealed,
    "score_sheets": _score_sheets,
    "assessments": _assessments,
}


def held(view: View, rows: dict[str, list[Any]]) -> Rows:
    """The rows that hold, and every line of fact tables, by the names of their columns."""
    found: Rows = {}
    for declared in view.tables:
        names = [name for name, _ in declared.columns]
        if isinstance(declared, StateTable):
            names = [*declared.key, *(name for name in names if name not in declared.key)]
            lines = [line for line in rows[declared.name] if line[-1] == OPEN]
        else:
            lines = rows[declared.name]
        found[declared.name] = [dict(zip(names, line, strict=False)) for line in lines]
    return found


def test_every_view_of_the_program_is_counted_again_here() -> None:
    assert set(COUNTED) == {view.name for view in VIEWS}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, live=st.integers(1, 25), stop=st.integers(0, 90), anew=st.integers(1, 70))
def test_folded_live_in_any_batch_size_is_rebuilt_from_zero_is_recomputed_naively(
    fresh_sqlite: Callable[[], str], history: list[tuple[int, int]], live: int, stop: int, anew: int
) -> None:
    """stage D, must show: each view has a property test."""
    with desk_at(fresh_sqlite(), VIEWS) as desk:
        desk.tell(facts(history))
        desk.engine.catch_up(Position(min(stop, len(history))), batch=live)
        desk.engine.catch_up(batch=live)
        events = desk.events()
        masked = texts(desk, events)
        expected = {view.name: content(view, fold(view, events, masked)) for view in VIEWS}
        assert {view.name: desk.rows(view) for view in VIEWS} == expected
        for view in VIEWS:
            counted, shown = COUNTED[view.name](events, held(view, expected[view.name]))
            assert shown == counted, view.name
        one = VIEWS[anew % len(VIEWS)]
        assert desk.engine.rebuild(one.name, batch=anew).position == len(history)
        desk.engine.rebuild_all()
        assert {view.name: desk.rows(view) for view in VIEWS} == expected


def test_every_view_holds_the_same_rows_on_both_databases(database_url: str) -> None:
    """stage D, build 1: the same on SQLite and PostgreSQL."""
    history = [(number * 7 % len(HANDLED), number % 5) for number in range(4 * len(HANDLED))]
    with desk_at(database_url, VIEWS) as desk:
        desk.tell(facts(history))
        desk.engine.catch_up(batch=64)
        events = desk.events()
        masked = texts(desk, events)
        for view in VIEWS:
            assert desk.rows(view) == content(view, fold(view, events, masked)), view.name
            assert desk.engine.verify(view.name) == (True, len(history))
