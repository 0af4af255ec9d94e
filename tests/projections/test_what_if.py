"""A draft edition replayed over real orders: what would change is said, and nothing is written."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from casework import events as e
from city.configuration import CityConfiguration
from dingze.cli import app
from dingze.commands.inquiry import tried
from dingze.settings import Settings
from dingze.wiring import Dingze
from mandates.model import FOREVER, Span
from projections.what_if.draft import draft_of, laid_over, read_draft, units_touched
from projections.what_if.past import PastOrder
from projections.what_if.replay import Answer, Effect, effect_of, replay
from projections.what_if.workbook import workbook
from routing.building import build_index
from routing.index import RegisterIndex
from routing.memory_edition import EMPTY
from routing.proposal import OrderText
from routing.propose import propose
from terms.errors import BadInput, NotFound
from terms.ids import ClauseId, EventId, OrderNo, UnitCode
from tests.mandates.town import DAY, clause, point, registered
from tests.projections.town_month import WATER, lived

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
ANCIENT_TREES_TO_THE_WOODS = (
    "id,matter,link,unit,clause,wordings,valid_from\nDP-03,古树,监管,A3,A3-SD-01,水管坏了,2027-01-01\n"
)


@pytest.fixture(scope="module")
def town_with_a_month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dingze, Settings]]:
    """The month of `tests.projections.town_month`."""
    dingze, settings, _ = lived(tmp_path_factory.mktemp("town"))
    yield dingze, settings
    dingze.close()


@pytest.fixture
def draft_file(tmp_path: Path) -> Path:
    """A table that gives ancient trees to the forestry bureau from next year on."""
    file = tmp_path / "duty_points.csv"
    file.write_text(ANCIENT_TREES_TO_THE_WOODS, encoding="utf-8")
    return file


def test_the_disputes_a_draft_would_have_spared_are_told_with_orders_and_clauses(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path
) -> None:
    told = tried(town_with_a_month[0], draft_file, MARCH, workers=1)
    assert told["orders"] == {"received": 13, "replayed": 12, "erased": 1, "never_dispatched": 0}
    assert told["leads"]["changed"] == 7, "every tree, no tap"
    assert told["leads"]["beside"] == 0 and not any(one["beside"] for one in told["changes"])
    assert (told["disputes"]["recorded"], told["disputes"]["gone"], told["disputes"]["new"]) == (6, 6, 1)
    assert told["disputes"]["returns_gone"] == 6
    by_unit = {line["unit"]: line for line in told["departments"]}
    assert by_unit["A2"]["lost"] == 7 and by_unit["A3"]["gained"] == 7 and by_unit["A1"]["gained"] == 0
    assert by_unit["A2"]["disputes_gone"] == 6 and by_unit["A3"]["disputes_new"] == 1
    example = by_unit["A2"]["examples"]["disputes_gone"][0]
    assert example["order_no"] == "T0" and example["final"] == "A3" and len(example["returns"]) == 1
    assert (example["before"]["clauses"], example["after"]["clauses"]) == (["A2-SD-02"], ["A3-SD-01"])
    assert [one["order_no"] for one in told["changes"] if one["effect"] == "new"] == ["T6"]
    assert "古树" not in orjson.dumps(told["changes"]).decode(), "numbers and clauses, no citizen's words"


def test_a_replay_never_touches_the_ledger(town_with_a_month: tuple[Dingze, Settings], draft_file: Path) -> None:
    dingze, settings = town_with_a_month
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    head, before = dingze.ledger.head(), [_digest(path) for path in (file, file.with_name(file.name + "-wal"))]
    edition = dingze.register.as_of(MARCH[0]).digest
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dingze.ledger.backend, "writing", _nobody_writes)
        tried(dingze, draft_file, MARCH, workers=1)
    assert dingze.ledger.head() == head
    assert [_digest(path) for path in (file, file.with_name(file.name + "-wal"))] == before
    assert dingze.register.as_of(MARCH[0]).digest == edition, "the register at hand is not changed either"


def _nobody_writes() -> None:
    raise AssertionError("a replay asked for a connection that can append")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()


def test_the_result_does_not_depend_on_the_number_of_workers(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path
) -> None:
    dingze = town_with_a_month[0]
    assert tried(dingze, draft_file, MARCH, workers=1) == tried(dingze, draft_file, MARCH, workers=2)


def test_what_was_proposed_is_taken_from_the_record_and_checked(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path
) -> None:
    baseline = tried(town_with_a_month[0], draft_file, MARCH, workers=1)["baseline"]
    assert baseline == {"recorded": 12, "routed": 0, "checked": 12, "believed": True}


def test_a_record_that_todays_routing_does_not_make_again_is_not_leant_on(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(proposal: dict[str, object]) -> Answer:
        return Answer(WATER, None, False, "", ())

    monkeypatch.setattr("projections.what_if.replay.answer_recorded", otherwise)
    told = tried(town_with_a_month[0], draft_file, MARCH, workers=1)
    assert told["baseline"] == {"recorded": 0, "routed": 12, "checked": 12, "believed": False}
    assert told["disputes"]["gone"] == 6, "routed anew, the answer is the same"


def test_the_same_words_as_a_draft_change_nothing(town_with_a_month: tuple[Dingze, Settings], tmp_path: Path) -> None:
    file = tmp_path / "duty_points.csv"
    file.write_text("id,matter,link,unit,clause,wordings\nDP-03,古树,监管,A2,A2-SD-02,水管坏了\n", encoding="utf-8")
    told = tried(town_with_a_month[0], file, MARCH, workers=1)
    assert told["leads"]["changed"] == 0 and told["changes"] == []
    assert told["editions"]["register_before"] == told["editions"]["register_after"]


def test_the_command_writes_json_and_a_printable_workbook_without_formulas(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = town_with_a_month[1]
    monkeypatch.setenv("DINGZE_CACHE", str(settings.cache))
    out = tmp_path / "report.xlsx"
    arguments = ["--database", settings.database_url, "what-if", "--draft", str(draft_file), "--from", "2026-03-01"]
    arguments += ["--to", "2026-03-31", "--out", str(out), "--workers", "1", "--json"]
    told = orjson.loads(CliRunner().invoke(app, arguments, catch_exceptions=False).stdout)
    assert told["disputes"]["gone"] == 6 and told["period"] == {"from": "2026-03-01", "to": "2026-03-31"}
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert book.sheetnames == ["概要", "分单位", "变化工单", "草案"]
    assert [cell.value for cell in book["变化工单"][2]][:3] == ["T0", "2026-03-02", "争议可消除"]
    told["departments"][0]["name"] = "=cmd|' /C calc'!A0"
    again = openpyxl.load_workbook(io.BytesIO(workbook(told)))
    assert again["分单位"]["B2"].value.startswith("=") and again["分单位"]["B2"].data_type == "s"


def test_a_period_without_orders_and_a_draft_that_leads_nowhere_are_refused(
    town_with_a_month: tuple[Dingze, Settings], draft_file: Path, tmp_path: Path
) -> None:
    dingze = town_with_a_month[0]
    with pytest.raises(NotFound, match=r"what-if\.no-orders"):
        tried(dingze, draft_file, (date(2020, 1, 1), date(2020, 1, 31)))
    draft_file.write_text("id,matter,link,unit,clause\nDP-03,古树,监管,A9,A2-SD-02\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"what-if\.dangling"):
        tried(dingze, draft_file, MARCH)
    with pytest.raises(BadInput, match=r"what-if\.no-draft"):
        tried(dingze, tmp_path / "nothing", MARCH)


# --- the draft laid over a past day -----------------------------------------------------------------------------


def test_a_draft_of_next_year_is_tried_on_a_day_of_the_past(tmp_path: Path) -> None:
    file = tmp_path / "duty_points.csv"
    file.write_text(ANCIENT_TREES_TO_THE_WOODS, encoding="utf-8")
    register = registered()
    edition = register.as_of(DAY)
    after = laid_over(edition, read_draft(register, [file], today=DAY))
    assert edition.duty_points[ClauseId("DP-03")].unit == "A2"
    assert after.duty_points[ClauseId("DP-03")].unit == "A3"
    assert dict(after.clauses) == {
        key: replace(one, span=after.clauses[key].span) for key, one in edition.clauses.items()
    }
    assert register.as_of(date(2028, 1, 1)).duty_points[ClauseId("DP-03")].unit == "A2"


def test_what_a_draft_ends_is_gone_and_must_not_be_cited() -> None:
    register = registered()
    edition = register.as_of(DAY)
    until = replace(edition.duty_points[ClauseId("DP-03")], span=Span(date(2015, 1, 1), date(2027, 1, 1)))
    after = laid_over(edition, draft_of(register, [until]))
    assert ClauseId("DP-03") not in after.duty_points
    with pytest.raises(BadInput, match=r"what-if\.dangling"):
        laid_over(edition, draft_of(register, [], [("clauses", "A2-SD-02", date(2027, 1, 1))]))


@given(
    units=st.lists(st.sampled_from(["A1", "A2", "A3"]), min_size=1, max_size=4),
    start=st.dates(date(2024, 3, 2), date(2030, 1, 1)),
)
def test_laying_a_draft_over_equals_enacting_it_and_waiting(units: list[str], start: date) -> None:
    items = [
        replace(point(f"DP-0{number % 3 + 1}", "古树", unit, f"{unit}-SD-01"), span=Span(start, FOREVER))
        for number, unit in enumerate(units)
    ]
    items.append(replace(clause("A1-SD-01", "负责供水。"), span=Span(start, FOREVER)))
    register = registered()
    laid = laid_over(register.as_of(DAY), draft_of(register, items))
    assert laid.digest == registered(*items).as_of(start).digest


def test_a_draft_touches_the_units_before_and_after_it_and_the_bureaus_that_mirror_them() -> None:
    register = registered()
    edition = register.as_of(DAY)
    draft = draft_of(
        register, [replace(point("DP-03", "古树", "A3", "A3-SD-01"), span=Span(date(2027, 1, 1), FOREVER))]
    )
    assert units_touched(edition, laid_over(edition, draft), draft) == {"A2", "A3", "D1-02", "D1-03"}


# --- the pure core ----------------------------------------------------------------------------------------------

LEADS = st.sampled_from([None, "A1", "A2", "A3"])


@given(before=LEADS, after=LEADS, first=LEADS, final=LEADS, returned=st.booleans())
def test_a_dispute_is_gone_only_when_the_draft_alone_sends_it_to_who_ended_up_with_it(
    before: UnitCode | None, after: UnitCode | None, first: UnitCode | None, final: UnitCode | None, returned: bool
) -> None:
    order = PastOrder(OrderNo("1"), DAY, None, first, final, (EventId("event"),) if returned else ())
    answers = [Answer(lead, None, True, "", ()) for lead in (before, after)]
    effect = effect_of(order, *answers)
    assert (effect is Effect.SAME) == (before == after)
    gone = before != after and final is not None and after == final and before != final
    assert (effect is Effect.GONE) == (gone and order.disputed)
    assert (effect is Effect.NEW) == (before != after and final is not None and before == final)


@pytest.fixture(scope="module")
def indexes() -> tuple[RegisterIndex, RegisterIndex]:
    """The town, and the town with ancient trees given to forestry."""
    register = registered()
    draft = draft_of(
        register, [replace(point("DP-03", "古树", "A3", "A3-SD-01"), span=Span(date(2027, 1, 1), FOREVER))]
    )
    return build_index(register.as_of(DAY)), build_index(laid_over(register.as_of(DAY), draft))


WORDS = st.lists(
    st.sampled_from(
        ["古树", "停水", "公园草坪", "绿园", "水管坏了", "林木采伐", "树木倒伏", "没人管", "甲市水务局", "，"]
    ),
    max_size=8,
).map("".join)


@given(texts=st.lists(WORDS, max_size=6))
def test_an_answer_from_the_record_is_the_answer_routing_gives(
    indexes: tuple[RegisterIndex, RegisterIndex], texts: list[str]
) -> None:
    city = CityConfiguration()
    orders = []
    for number, text in enumerate(texts):
        order = OrderText(text=text)
        made = e.AssignmentProposed(order_no=str(number), proposal=propose(order, indexes[0], EMPTY, city))
        proposed = made.to_payload()["proposal"]
        orders.append(PastOrder(OrderNo(str(number)), DAY, order, proposed=proposed))
    by_record = replay(orders, *indexes, EMPTY, city)
    anew = replay(orders, *indexes, EMPTY, city, by_record=False)
    assert all(one.recorded for one in by_record) and not any(one.recorded for one in anew)
    assert [replace(one, recorded=False) for one in by_record] == anew


def test_a_proposal_made_from_another_memory_or_under_a_dispute_is_made_again(
    indexes: tuple[RegisterIndex, RegisterIndex],
) -> None:
    city = CityConfiguration()
    order = OrderText(text="古树要倒了")
    told = e.AssignmentProposed(order_no="1", proposal=propose(order, indexes[0], EMPTY, city)).to_payload()["proposal"]
    for changed in ({"memory_edition": "other"}, {"register_edition": "other"}, {"disputed": "CASE-1"}):
        past = PastOrder(OrderNo("1"), DAY, order, proposed=told | changed)
        assert not replay([past], *indexes, EMPTY, city)[0].recorded
