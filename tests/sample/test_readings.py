"""What a reader finds on the sample month from the views alone, held against a count over the events themselves.

The month is planned (`sample.disputes`): two bureaus quarrel over building at night, one returns most and is refused
most, some matters belong to nobody. No reading knows the plan; this test knows only the events.
"""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from console.bianban.boundary_reading import read_pairs
from dingze.wiring import Dingze
from mandates.model import Section
from projections.disputes import DISPUTES
from projections.readings import boundaries, candidates, clauses, units
from projections.readings.looking import Look, looking
from tests.sample.conftest import Month
from tests.sample.loaded import TODAY


@pytest.fixture(scope="module")
def look(dingze: Dingze):
    """The views of the month."""
    with looking(dingze.views) as found:
        yield found


def register_of(dingze: Dingze):
    """The register of the day."""
    return dingze.register.as_of(TODAY.date())


def test_the_pair_that_quarrels_most_is_found_with_what_it_quarrels_over(look: Look, month: Month) -> None:
    pairs: Counter[tuple[str, str]] = Counter()
    over: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    matters: dict[str, str] = {}
    for event in month.events:
        told = event.payload
        if event.type == "AssignmentProposed" and told["proposal"]["matter"]:
            matters[told["order_no"]] = told["proposal"]["matter"]
        elif event.type == "WorkOrderDispatched" and told["matter"]:
            matters[told["order_no"]] = told["matter"]
        elif event.type == "ReturnRequested":
            other = told["proposed_unit"] or told["asked_support"]
            if other:
                both = (min(told["unit"], other), max(told["unit"], other))
                pairs[both] += 1
                over[both][told["matter"] or matters.get(told["order_no"], "")] += 1
    worst = pairs.most_common(1)[0]
    found = read_pairs(look.connection, look.table(DISPUTES, "returned"), look.cut())[0][0]
    both = found.first, found.second
    assert (both, found.returns) == worst
    assert set(both) == {"C03", "C04"}
    about = {name: times for _, name, times in found.matters}
    assert about == dict(over[both]) and found.matters[0][2] == over[both].most_common(1)[0][1]
    assert "夜间施工" in found.matters[0][1]


def test_the_matter_nobody_owns_is_found_and_gathered_with_its_words(dingze: Dingze, look: Look, month: Month) -> None:
    said = {one.payload["order_no"] for one in month.told("ReturnRequested") if one.payload["no_clause"]}
    found = candidates.candidate_matters(look, dingze.city.coverage)
    gathered = {one.order_no for matter in found for one in matter.orders if one.why == "no_clause"}
    assert gathered == said and said
    assert len(found) < len(said)
    assert all(any(word in matter.orders[0].title for word in matter.words) for matter in found)
    listed = [one for one in boundaries.unsettled(look, register_of(dingze)) if one.why == "no_clause"]
    assert sum(one.times for one in listed) == sum(one.payload["no_clause"] for one in month.told("ReturnRequested"))


def test_the_clauses_never_used_are_those_no_event_names(dingze: Dingze, look: Look, month: Month) -> None:
    register = register_of(dingze)
    named: set[str] = set()
    for event in month.events:
        told = event.payload
        for one in (*told.get("citations", ()), *told.get("proposal", {}).get("citations", ())):
            named.add(one["clause_id"])
        matter_id = told.get("matter_id") or told.get("proposal", {}).get("matter_id")
        if (
            event.type in ("AssignmentProposed", "WorkOrderDispatched", "OrderReassigned", "UnitDesignated")
            and matter_id
        ):
            named.add(matter_id)
        named |= {told[name] for name in ("denied_clause", "claimed_clause") if told.get(name)}
    duties = {clause.id for clause in register.clauses.values() if clause.section is Section.DUTIES}
    rested = {point.clause for point in register.duty_points.values() if point.id in named}
    uses = clauses.clause_uses(look, register, dingze.city.coverage)
    unused = {one.item for one in clauses.never_used(uses, register)}
    assert unused and not unused & named and not unused & rested
    assert duties - named - rested <= unused


def test_the_unit_that_returns_most_and_is_refused_most_is_found(dingze: Dingze, look: Look, month: Month) -> None:
    excluded = {(one.payload["order_no"], one.payload["unit"]) for one in month.told("ExclusionGranted")}

    def counted(event_type: str) -> Counter[str]:
        return Counter(
            one.payload["unit"]
            for one in month.told(event_type)
            if (one.payload["order_no"], one.payload["unit"]) not in excluded
        )

    returned, refused = counted("ReturnRequested"), counted("ReturnRefused")
    figures = units.unit_figures(look, register_of(dingze))
    shown: Counter[str] = Counter()
    denied: Counter[str] = Counter()
    for one in figures:
        shown[one.unit] += one.returned
        denied[one.unit] += one.refused
    assert {unit: times for unit, times in shown.items() if times} == dict(returned)
    assert {unit: times for unit, times in denied.items() if times} == dict(refused)
    assert shown.most_common(1)[0][0] == denied.most_common(1)[0][0] == "C04"


def test_what_a_decision_changed_is_the_returns_before_and_after_it(dingze: Dingze, look: Look, month: Month) -> None:
    written = {one.payload["case_no"]: one.payload for one in month.told("DutyPointsWritten")}
    found = {one.case_no: one for one in boundaries.decided(look, TODAY.date())}
    assert set(found) == set(written) and written
    for number, one in found.items():
        assert (one.lead, one.effective_from) == (written[number]["lead"], written[number]["effective_from"])
        chained = {row["order_no"]: row["matter_id"] for row in look.rows(look.table(DISPUTES, "chains"))}
        counted = [
            event
            for event in month.told("ReturnRequested")
            if one.matter_id
            and (known := chained.get(event.payload["order_no"])) is not None
            and one.matter_id in (event.payload["matter_id"], known)
        ]
        assert one.before + one.after <= len(counted)
    later = boundaries.decided(look, TODAY.date() + timedelta(days=90))
    assert all(one.days_after == boundaries.WINDOW for one in later)


def test_open_cases_show_their_age_and_every_boundary_item_its_links(dingze: Dingze, look: Look, month: Month) -> None:
    opened = {one.payload["case_no"]: one.occurred_at for one in month.told("BoundaryCaseOpened")}
    closed = {one.payload["case_no"] for one in month.told("CaseClosed")}
    cases = boundaries.open_cases(look, TODAY.date())
    assert {one.case_no for one in cases} == set(opened) - closed
    assert all(0 <= one.at_step <= one.age <= 60 for one in cases)
    register = register_of(dingze)
    tracked = boundaries.tracked(look, register)
    assert {one.item for one in tracked if one.item} == set(register.boundary_items)
    assert all(one.links for one in tracked if one.item)
    assert not any(
        one.decided for one in tracked if {number for number, _ in one.cases} & {case.case_no for case in cases}
    )
