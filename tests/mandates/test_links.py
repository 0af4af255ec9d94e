"""Links are proposed by the machine and decided by a person; the comparison table is printed from them."""

from dataclasses import replace
from datetime import date

import pytest

from mandates.edition import RegisterEdition
from mandates.links import (
    LINKABLE,
    LinkKind,
    Links,
    Standing,
    WordScores,
    comparison,
    decide,
    holding,
    propose_links,
)
from terms.errors import NotFound, Refused
from terms.ids import UnitCode
from tests.mandates.town import clause, power, town

PROPOSED = {"kind": "clause-item", "from": "A1-SD-01", "to": "A1-CF-009", "score": 61}


def test_the_best_clause_is_proposed_for_an_item_that_has_none() -> None:
    edition = town(power("A1-CF-009", "擅自停止供水未通知用户的处罚", None), clause("A1-SD-02", "负责节水宣传。"))
    assert [(one.clause, one.target) for one in propose_links(edition, Links())] == [("A1-SD-01", "A1-CF-009")]


def test_nothing_is_proposed_twice_or_where_words_are_not_alike() -> None:
    edition = town(power("A1-CF-009", "擅自停止供水未通知用户的处罚", None), power("A1-CF-010", "饲养蜜蜂", None))
    links = Links()
    links.apply("LinkProposed", PROPOSED)
    assert propose_links(edition, links) == ()


def test_what_a_person_rejected_is_not_brought_back_by_the_machine() -> None:
    links = Links()
    links.apply("LinkProposed", PROPOSED)
    type_, payload = decide(links, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=False, reason="不是一回事")
    links.apply(type_, payload)
    links.apply("LinkProposed", PROPOSED | {"score": 90})
    found = links.state(LinkKind.ITEM, "A1-SD-01", "A1-CF-009")
    assert found is not None
    assert (found.standing, found.reason) == (Standing.REJECTED, "不是一回事")


def test_a_stated_link_that_a_person_rejects_no_longer_holds() -> None:
    links = Links()
    key = {"kind": "clause-item", "from": "A1-SD-01", "to": "A1-CF-001"}
    assert ("clause-item", "A1-SD-01", "A1-CF-001") in holding(town(), links)
    links.apply("LinkRejected", key | {"reason": "误填"})
    assert ("clause-item", "A1-SD-01", "A1-CF-001") not in holding(town(), links)


def test_a_decision_needs_a_proposal_and_a_rejection_its_reason() -> None:
    links = Links()
    with pytest.raises(NotFound):
        decide(links, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=True)
    links.apply("LinkProposed", PROPOSED)
    with pytest.raises(Refused, match=r"mandates\.reject-reason"):
        decide(links, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=False, reason=" ")
    type_, payload = decide(links, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=True)
    links.apply(type_, payload)
    with pytest.raises(Refused, match=r"mandates\.link-decided"):
        decide(links, LinkKind.ITEM, "A1-SD-01", "A1-CF-009", confirm=True)


def test_the_comparison_table_shows_what_has_no_partner() -> None:
    edition = town(power("A1-CF-009", "饲养蜜蜂的处罚", None), clause("A1-SD-02", "审批取水许可。"))
    rows = {(row["条目"], row["职权编码"]): row for row in comparison(edition, Links(), UnitCode("A1"))}
    assert rows["A1-SD-01", "A1-CF-001"]["关联"] == "已载明"
    assert rows["A1-SD-01", "A1-CF-001"]["事项"] == "停水"
    assert rows["A1-SD-02", ""]["提示"] == "有责无权"
    assert rows["", "A1-CF-009"]["提示"] == "有权无责"


def test_the_comparison_table_flags_an_item_whose_law_was_repealed() -> None:
    old = replace(town(power("A1-CF-002", "扬尘的处罚", "A1-SD-01", "大气污染防治法")), as_of=date(2026, 9, 1))
    rows = {row["职权编码"]: row["依据状态"] for row in comparison(old, Links(), UnitCode("A1"))}
    assert "2026-08-15 废止" in rows["A1-CF-002"]
    assert rows["A1-CF-001"] == ""
    assert not any(row["依据状态"] for row in comparison(town(), Links(), UnitCode("A1")))


def test_on_the_sample_city_words_alone_find_the_stated_clause_in_three_of_four(edition: RegisterEdition) -> None:
    scores = WordScores(one.text for one in edition.clauses.values())
    asked = right = 0
    for item in edition.power_items.values():
        if item.clause and edition.clauses[item.clause].section in LINKABLE:
            own = [one for one in edition.clauses.values() if one.unit == item.unit and one.section in LINKABLE]
            best = min(own, key=lambda one: (-scores.score(one.text, item.name), one.id))
            asked, right = asked + 1, right + (best.id == item.clause)
    assert asked > 500
    assert right / asked >= 0.75
