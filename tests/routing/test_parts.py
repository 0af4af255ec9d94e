"""An order clause by clause: cut at its signs, each weighed alone, and who leads and helps read from them."""

import numpy as np
import pytest

from city.configuration import CityConfiguration
from routing import roles, roles_matters, roles_weights
from routing.index import RegisterIndex
from routing.memory import EMPTY
from routing.parts import Parts, parts_of_order
from routing.proposal import OrderText
from routing.propose import propose
from routing.seen import read_order

SEVERAL = "1.小区物业费太贵，物业不作为；2.路灯不亮好几天了"


def parts_of(index: RegisterIndex, text: str) -> Parts:
    reading = read_order(OrderText(text)).reading
    hits, calls = index.wordings.hits(reading.text, reading.words), index.calls.found(reading.text)
    found = parts_of_order(index, reading, hits, calls, index.names.named(reading.text))
    assert found is not None
    return found


def test_an_order_is_cut_where_it_pauses_and_each_clause_knows_its_sentence(index: RegisterIndex) -> None:
    text = "物业费太贵，保安打人。路灯不亮"
    parts = parts_of(index, text)
    assert [text[slice(*span)] for span in parts.spans] == ["物业费太贵", "保安打人", "路灯不亮"]
    assert parts.sentence.tolist() == [0, 0, 1]


def test_a_clause_says_the_same_alone_as_among_others(index: RegisterIndex) -> None:
    alone = parts_of(index, "路灯不亮")
    among = parts_of(index, "物业费太贵，保安打人。路灯不亮")
    assert np.array_equal(alone.scores[0], among.scores[2])


def test_every_feature_has_one_weight(index: RegisterIndex) -> None:
    parts = parts_of(index, SEVERAL)
    nothing = np.zeros(len(index.units), np.int64)
    common = roles.support_features(parts, nothing, index.helpful)
    beside = roles.features_beside(parts, 0, nothing, [])
    assert common.shape[1] + beside.shape[1] == len(roles.SUPPORT_FEATURES) == len(roles_weights.APART)
    leads = roles.lead_features(parts, nothing, nothing)
    assert leads.shape[1] == len(roles.LEAD_FEATURES)
    reading = read_order(OrderText(SEVERAL)).reading
    arising = index.matters.arising(reading.text, index.vector(reading))
    helping = roles_matters.features_beside(index.matters, arising, 0, len(index.units))
    leading = roles_matters.lead_features(index.matters, arising, len(index.units))
    assert helping.shape[1] == len(roles_matters.SUPPORT_FEATURES)
    assert leading.shape[1] == len(roles_matters.LEAD_FEATURES)
    assert len(roles.SUPPORT_FEATURES) + helping.shape[1] == len(roles_weights.SUPPORT)
    assert len(roles.LEAD_FEATURES) + leading.shape[1] == len(roles_weights.LEAD)
    assert helping.dtype == leading.dtype == np.int64
    assert leads.dtype == common.dtype == beside.dtype == np.int64  # no bit hangs on a machine


def test_each_matter_has_its_own_unit_and_its_own_citation(index: RegisterIndex) -> None:
    proposal = propose(OrderText(SEVERAL), index, EMPTY, CityConfiguration())
    assert {proposal.lead, *proposal.supports} == {"C05", "C04"}
    assert {citation.unit for citation in proposal.citations} == {"C05", "C04"}


@pytest.mark.parametrize("text", ["路灯不亮好几天了，晚上看不清", "驾驶证换证需要什么材料", "咨询医保报销比例"])
def test_an_order_of_one_matter_gets_no_support(index: RegisterIndex, text: str) -> None:
    assert propose(OrderText(text), index, EMPTY, CityConfiguration()).supports == ()
