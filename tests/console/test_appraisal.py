"""季度评分 and 履行评估 on the pages: drafted, objected to, reviewed, published; filled in, signed, printed."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from automation.router import Router
from casework.lanes import ASSESSMENTS, FINDINGS, SCORES
from casework.papers.rendering import text_of
from console.bianban.assessments import finding_number
from projections.readings.appraisal import ViewFigures
from projections.readings.sheet_figures import NAMES
from tests.console.city import Browser, Town, copy_template, served
from tests.console.life import live

OFFICER, DIRECTOR, REVIEWER = "yz-03-bianban", "yz-04-bianban-director", "yz-02-reviewer"
LINK = re.compile(r'href="(/figures/[^"]+)"[^>]*>(\d+)</a>')
QUARTER = "2026-Q4"


@pytest.fixture(scope="module")
def house(template: Path, router: Router, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, str]]:
    """A town after a working day, in the quarter after it."""
    town = Town(*copy_template(template, tmp_path_factory.mktemp("appraisal")), router)
    live(town, 60)
    rule = town.city.scoring.model_copy(update={"least_orders": 1, "least_weight": 10})
    town.city = town.city.model_copy(update={"scoring": rule})
    town.remake_desk()
    town.engine.catch_up()
    town.later(days=60)
    with served(town.app()) as address:
        yield town, address
    town.close()


def test_a_quarter_goes_from_draft_to_publication_on_the_pages(house: tuple[Town, str]) -> None:
    """stage D, build 3: draft → unit's objection → review → published; every figure opens to its events."""
    town, address = house
    officer, director, reviewer = (Browser(address, one) for one in (OFFICER, DIRECTOR, REVIEWER))
    head = Browser(address, "yz-08-unit-leader")
    assert "尚未起草" in officer.get(f"/scores?quarter={QUARTER}").text
    assert officer.fill(f"/scores/act/draft/{QUARTER}").status_code == 303
    town.engine.catch_up()
    told = officer.get(f"/scores.json?quarter={QUARTER}").json()
    assert told["sheet"]["phase"] == "征求异议" and told["sheet"]["rule"] == town.city.scoring.version
    assert sum(line["score"] is not None for line in told["lines"]) == told["sheet"]["scored"] > 0

    # the unit's own: each figure opens to as many events as it says
    own = head.get(f"/scores/{QUARTER}/C03")
    links = LINK.findall(own.text)
    assert links
    for link, number in links:
        path, _, query = link.replace("&amp;", "&").partition("?")
        assert head.get(f"{path}.json?{query}").json()["total"] == int(number), link
    assert head.get(f"/scores/{QUARTER}/C05").status_code == 404
    assert {line["unit"] for line in head.get(f"/scores.json?quarter={QUARTER}").json()["lines"]} == {"C03"}

    head.fill(f"/scores/act/object/{QUARTER}", indicator="signed", reason="两件系统故障", evidence="YZ20261100001")
    town.engine.catch_up()
    version = town.desk.load(SCORES, QUARTER).version
    answer = reviewer.fill(
        f"/scores/act/review/{QUARTER}",
        objection="1",
        upheld="yes",
        top="3",
        bottom="4",
        reason="属实",
        seen=str(version),
    )
    assert answer.status_code == 303, answer.text
    town.engine.catch_up()
    early = director.fill(f"/scores/act/publish/{QUARTER}", number="云编评〔2027〕1号")
    assert early.status_code == 409 and "尚未届满" in early.text
    town.later(days=20)
    director, head = Browser(address, DIRECTOR), Browser(address, "yz-08-unit-leader")
    assert director.fill(f"/scores/act/publish/{QUARTER}", number="云编评〔2027〕1号").status_code == 303
    town.engine.catch_up()
    unit = head.get(f"/scores/{QUARTER}/C03.json").json()
    signed = next(one for one in unit["indicators"] if one["code"] == "signed")
    assert (signed["top"], signed["bottom"], signed["rate"], signed["corrected"]) == (3, 4, 7_500, True)
    assert unit["sheet"]["number"] == "云编评〔2027〕1号" and "异议更正" in head.get(f"/scores/{QUARTER}/C03").text


def test_a_drafted_quarter_reckoned_again_under_its_own_rule_gives_the_same_bytes(house: tuple[Town, str]) -> None:
    """stage D, build 3: after more was recorded and the city's rule has changed."""
    town, _ = house
    drafted = next(one for one in town.ledger.read(0, 1_000_000) if one.type == "ScoresDrafted")  # type: ignore[arg-type]
    state = town.desk.load(SCORES, QUARTER).state
    changed = town.city.model_copy(update={"scoring": town.city.scoring.model_copy(update={"stars": (1, 2, 3, 4, 5)})})
    figures = ViewFigures(town.views, town.ledger, town.register, changed)
    assert state.rule is not None
    again = figures.again(QUARTER, state.rule, drafted.payload["position"], carried=state.carried)
    assert state.carried
    assert [line.model_dump(mode="json") for line in again] == drafted.payload["lines"]


def test_a_round_goes_from_opening_to_signature_on_the_pages(house: tuple[Town, str]) -> None:
    """stage D, build 4: self-assessment, review, sign-off; prefilled from events; printed."""
    town, address = house
    officer, director = Browser(address, OFFICER), Browser(address, DIRECTOR)
    head = Browser(address, "yz-08-unit-leader")
    for kind, items in (("duties", 9), ("situations", 6)):
        answer = officer.fill(
            "/assessments/open",
            kind=kind,
            round="2026年第4季度",
            begin="2026-10-01",
            end="2026-12-31",
            units="C03 城管",
        )
        assert answer.status_code == 303, answer.text
        number = f"{'PG' if kind == 'duties' else 'QK'}-2026年第4季度-C03"
        sheet = head.get(f"/assessments/{number}.json").json()
        assert len(sheet["items"]) == items
        shown = [figure for one in sheet["items"] for figure in one["figures"]]
        assert {figure["name"] for figure in shown} <= NAMES
        assert any(figure["top"] and figure["evidence"] for figure in shown)
        grades = {f"grade-{one['item']}": sheet["grades"][0] for one in sheet["items"]}
        assert head.fill(f"/assessments/act/fill/{number}", **grades).status_code == 303
        assert head.get(f"/assessments/{number}.json").json()["own"][0]["grade"] == sheet["grades"][0]
        changed = {
            f"grade-{sheet['items'][0]['item']}": sheet["grades"][-1],
            f"note-{sheet['items'][0]['item']}": "未见办理",
        }
        assert officer.fill(f"/assessments/act/review/{number}", opinion="总体较好", **changed).status_code == 303
        assert head.get(f"/assessments/{number}.json").json()["opinion"] == "", "nothing to the unit until it is signed"
        reviewer = Browser(address, "yz-02-reviewer")
        assert reviewer.get("/assessments").status_code == reviewer.get(f"/assessments/{number}").status_code == 403
        assert "/assessments" not in reviewer.get("/accountability").text, "no list whose every line is closed"
        assert director.fill(f"/assessments/act/sign/{number}", note="同意").status_code == 303
        town.engine.catch_up()
        assert town.desk.load(ASSESSMENTS, number).state.phase == "已签发"
        assert head.get(f"/assessments/{number}.json").json()["opinion"] == "总体较好"
        words = text_of(head.get(f"/assessments/{number}.docx").content)
        assert all(one["text"] in words for one in sheet["items"]) and "未见办理" in words and "总体较好" in words
        book = load_workbook(io.BytesIO(head.get(f"/assessments/{number}.xlsx").content))
        assert any(sheet["items"][0]["text"] == cell.value for page in book for row in page for cell in row)
    listed = officer.get("/assessments.json?round=2026年第4季度").json()
    assert listed["total"] == 2 and {row["phase"] for row in listed["sheets"]} == {"已签发"}
    assert officer.get("/assessments?kind=duties").status_code == 200


def test_an_item_below_standard_becomes_a_finding_with_its_class_and_evidence(house: tuple[Town, str]) -> None:
    """domain, section 8: a survey is a source of findings; an item becomes one finding, once."""
    town, address = house
    officer, head = Browser(address, OFFICER), Browser(address, "yz-08-unit-leader")
    sheet = "QK-2026年第4季度-C03"
    page = officer.get(f"/assessments/{sheet}").text
    assert page.count(">转为问题</button>") == 1, "only the item that the review found wanting"
    assert "转为问题" not in head.get(f"/assessments/{sheet}").text
    form = page.partition('id="form-raise-1"')[2].partition("</dialog>")[0]
    number, wanted = finding_number(sheet, "1"), town.city.appraisal.questions[0].problem_class
    assert f'value="{number}"' in form and f'<option value="{wanted}" selected>' in form
    assert '<option value="survey" selected>' in form
    evidence = re.search(r"<textarea[^>]*name=\"evidence\"[^>]*>([^<]*)<", form)
    assert evidence is not None
    given = evidence.group(1).split()
    events = {one.event_id: one.type for one in town.ledger.read(0, 1_000_000)}  # type: ignore[arg-type]
    assert {"AssessmentFilled", "AssessmentReviewed"} <= {events[one] for one in given} and len(given) > 2
    answer = officer.fill(
        "/findings/raise", number=number, unit="C03 城管", source="survey", problem_class=wanted,
        title="职责边界：突出问题", text="复核为突出问题", evidence=evidence.group(1),
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    found = town.desk.load(FINDINGS, number).state
    assert (found.source, found.problem_class, found.evidence) == ("survey", wanted, tuple(given))
    page = officer.get(f"/assessments/{sheet}").text
    assert "转为问题" not in page and "已立项，看问题" in page


def test_a_sheet_and_a_finding_are_shown_as_they_stood_then(house: tuple[Town, str]) -> None:
    """stage D, build 6: as of a date or position; to its unit, nothing that it was not told by then."""
    town, address = house
    officer, head = Browser(address, OFFICER), Browser(address, "yz-08-unit-leader")
    number, sheet = finding_number("QK-2026年第4季度-C03", "1"), "QK-2026年第4季度-C03"
    about = {one.type: one.position for one in town.desk.load(ASSESSMENTS, sheet).events}
    then = {"position": str(about["AssessmentFilled"])}
    assert officer.get(f"/assessments/{sheet}.json").json()["phase"] == "已签发"
    told = officer.get(f"/assessments/{sheet}.json", params=then).json()
    assert told["phase"] == "待复核" and not told["opinion"] and told["own"]
    page = officer.get(f"/assessments/{sheet}", params=then).text
    assert "账本第" in page and "form-review" not in page and "转为问题" not in page
    assert officer.get(f"/assessments/{sheet}.docx", params=then).status_code == 200
    assert officer.get(f"/assessments/{sheet}", params={"as_of": "2026-01-06"}).status_code == 404

    raised = town.desk.load(FINDINGS, number)
    assert officer.fill(f"/findings/act/feedback/{number}", text="请研究", seen=str(raised.version)).status_code == 303
    then = {"position": str(raised.position)}
    assert officer.get(f"/findings/{number}.json").json()["phase"] == "已反馈"
    assert officer.get(f"/findings/{number}.json", params=then).json()["phase"] == raised.state.phase
    assert "form-answer" not in officer.get(f"/findings/{number}", params=then).text
    assert officer.get(f"/findings/{number}", params={"position": str(raised.position - 1)}).status_code == 404
    assert head.get(f"/findings/{number}").status_code == 200
    assert head.get(f"/findings/{number}", params=then).status_code == 404, "its unit was not told yet"


def test_what_prefills_a_sheet_is_what_the_record_counts(house: tuple[Town, str]) -> None:
    """domain, section 10: dynamic performance joined to the static mandate."""
    town, _ = house
    sheet = town.desk.load(ASSESSMENTS, "PG-2026年第4季度-C03").state
    figures = {figure.name: figure for one in sheet.items for figure in one.figures}
    events = town.ledger.read(0, 1_000_000)  # type: ignore[arg-type]
    returned = [one for one in events if one.type == "ReturnRequested" and one.payload["unit"] == "C03"]
    assert figures["returned"].top == len(returned)
    assert set(figures["returned"].evidence) == {one.event_id for one in returned}
    led = [one for one in events if one.type == "WorkOrderDispatched" and one.payload["lead"] == "C03"]
    assert figures["orders_led"].top == len(led)
    whole = [one for one in town.register.as_of(town.now.date()).clauses.values() if one.unit == "C03"]
    assert 0 < figures["duties_used"].top <= figures["duties_used"].bottom <= len(whole)
    asked = town.desk.load(ASSESSMENTS, "QK-2026年第4季度-C03").state
    told = {figure.name: figure for one in asked.items for figure in one.figures}
    heaviest = told["heaviest_office"]
    known = {one.event_id: one.payload for one in events}
    assert 0 < heaviest.top <= heaviest.bottom and heaviest.evidence, "an office's weight opens to its events"
    assert all("C03" in (told.get("unit"), told.get("lead"), told.get("to_unit"), *told.get("supports", ()))
               for told in (known[one] for one in heaviest.evidence))  # fmt: skip
