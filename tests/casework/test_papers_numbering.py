"""文号: numbers follow one another, none twice; a paper is issued with its number, its file's digest and its scan."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.events.fact import Attachment
from casework.events.papers import PAPER_FACTS, PaperFact, PaperIssued, series_stream
from casework.papers.issuing import Approval, IssuedPaper, attach_scan, issue, void
from casework.papers.kinds import PaperKind
from casework.papers.numbering import Series, doc_no, evolve, next_number, prefix_of
from casework.papers.rendering import render, text_of
from casework.papers.templates import shipped
from city.configuration import Papers
from terms.errors import BadInput, LedgerBroken, NotFound
from terms.ids import StreamId, UnitCode
from tests.casework import papers_of_a_quarrel as q

TEMPLATES = shipped()
EMPTY = Series("云编办督", 2026)
BIANBAN = UnitCode("C39")
SCAN = Attachment(name="督查通知书（签章）.pdf", kind="document", reference="scans/3", digest="ab" * 32)


def given_number(number: int, series: Series = EMPTY) -> PaperIssued:
    """The fact that a number was given."""
    return PaperIssued(
        prefix=series.prefix,
        year=series.year,
        number=number,
        paper="supervision_notice",
        issuer=BIANBAN,
        doc_no=doc_no(series.prefix, series.year, number),
        title="机构编制督查通知书",
        issued_on=q.DAY,
        digest="0" * 64,
        template_digest="0" * 64,
        about=StreamId("finding-1"),
    )


def issued(series: Series = EMPTY) -> IssuedPaper:
    """The supervision notice, issued as the next of its series."""
    return issue(
        replace(q.NOTICE, doc_no=""),
        series,
        TEMPLATES,
        issuer=BIANBAN,
        about=StreamId("finding-WT2026-031"),
        approval=Approval(drafted_by="u1", reviewed_by="u2", signed_by="u3"),
        addressees=(UnitCode("C04"),),
        city_version="v1",
    )


@given(last=st.integers(min_value=0, max_value=10**6))
def test_the_next_number_is_the_last_and_one(last: int) -> None:
    assert next_number(last) == last + 1


@given(tried=st.lists(st.integers(min_value=-2, max_value=12), max_size=40))
def test_whatever_numbers_are_tried_a_series_has_no_gap_and_none_twice(tried: list[int]) -> None:
    series = EMPTY
    for number in tried:
        if number == series.last + 1:
            series = evolve(series, given_number(number))
        else:
            with pytest.raises(LedgerBroken):
                evolve(series, given_number(number))
    assert [one.fact.number for one in series.papers] == list(range(1, series.last + 1))


@given(voided=st.sets(st.integers(min_value=1, max_value=6)), count=st.integers(min_value=6, max_value=9))
def test_a_void_paper_keeps_its_number(voided: set[int], count: int) -> None:
    series = EMPTY
    for number in range(1, count + 1):
        series = evolve(series, given_number(number))
    for number in sorted(voided):
        series = evolve(series, void(series, number, "用印有误"))
    assert series.last == count and next_number(series.last) == count + 1
    assert {one.fact.number for one in series.papers if one.voided} == voided


@given(
    one=st.tuples(st.sampled_from(["云编办督", "云热派"]), st.integers(2020, 2030), st.integers(1, 99)),
    other=st.tuples(st.sampled_from(["云编办督", "云热派"]), st.integers(2020, 2030), st.integers(1, 99)),
)
def test_two_papers_bear_the_same_number_only_if_they_are_the_same_place_of_one_series(
    one: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    assert (doc_no(*one) == doc_no(*other)) == (one == other)
    assert (series_stream(*one[:2]) == series_stream(*other[:2])) == (one[:2] == other[:2])


def test_a_number_is_written_as_the_standard_has_it() -> None:
    """GB/T 9704-2012, 7.2.5."""
    assert doc_no("云编办督", 2026, 3) == "云编办督〔2026〕3号"


def test_a_kind_has_the_prefix_the_city_gave_it() -> None:
    papers = Papers(prefixes=(("return_application", "云热退{unit}"), ("decision", "云编决")))
    assert prefix_of(PaperKind.RETURN_APPLICATION, UnitCode("C03"), papers) == "云热退C03"
    assert prefix_of(PaperKind.DECISION, BIANBAN, papers) == "云编决"
    for kind, code in ((PaperKind.MINUTES, "paper.no-prefix"), (PaperKind.APPROVAL_SHEET, "paper.not-numbered")):
        with pytest.raises(BadInput) as caught:
            prefix_of(kind, BIANBAN, papers)
        assert caught.value.code == code


def test_an_issued_paper_bears_its_number_and_the_fact_names_the_file() -> None:
    third = evolve(evolve(EMPTY, given_number(1)), given_number(2))
    made = issued(third)
    assert made.paper.doc_no == made.fact.doc_no == "云编办督〔2026〕3号"
    assert made.fact.digest == hashlib.sha256(made.file).hexdigest()
    assert "云编办督〔2026〕3号" in text_of(made.file) and made.fact.title == "机构编制督查通知书"
    assert (made.fact.drafted_by, made.fact.reviewed_by, made.fact.signed_by) == ("u1", "u2", "u3")
    assert render(made.paper, TEMPLATES) == made.file, "the file can be made again from the facts"
    assert evolve(third, made.fact).last == 3


def test_a_paper_is_numbered_in_the_year_it_is_dated() -> None:
    with pytest.raises(BadInput) as caught:
        issued(Series("云编办督", 2025))
    assert caught.value.code == "paper.year-differs"


def test_the_signed_scan_comes_back_by_its_digest() -> None:
    series = evolve(EMPTY, issued().fact)
    series = evolve(series, attach_scan(series, 1, SCAN))
    assert series.paper(1).scan == SCAN
    with pytest.raises(BadInput):
        attach_scan(series, 1, Attachment(name="x", digest="short"))
    with pytest.raises(NotFound):
        attach_scan(series, 2, SCAN)


def test_a_paper_is_declared_void_once_and_with_a_reason() -> None:
    series = evolve(EMPTY, issued().fact)
    with pytest.raises(BadInput):
        void(series, 1, "  ")
    series = evolve(series, void(series, 1, "主送机关有误"))
    with pytest.raises(BadInput):
        void(series, 1, "再次")
    with pytest.raises(BadInput):
        attach_scan(series, 1, SCAN)
    with pytest.raises(NotFound):
        void(series, 0, "没有")


def test_facts_of_papers_go_through_the_ledger_unchanged() -> None:
    series = evolve(EMPTY, issued().fact)
    for fact in (issued().fact, attach_scan(series, 1, SCAN), void(series, 1, "作废")):
        assert isinstance(fact, PaperFact) and type(fact) in PAPER_FACTS
        assert type(fact).from_payload(fact.to_payload()) == fact
