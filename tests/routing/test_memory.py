"""A memory edition is the same bytes for the same outcomes, masks nothing in, and can forget."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from city.configuration import CityConfiguration, Weights
from routing.evidence import Evidence
from routing.index import RegisterIndex
from routing.lessons import percent_of
from routing.memory import EMPTY, MemoryEdition, Outcome, learn
from routing.memory_edition import MemoryEdition as Stored
from routing.memory_edition import named_items
from routing.proposal import OrderText
from routing.propose import propose
from routing.reading import read
from routing.scores import total_scores
from routing.seen import read_order, see
from routing.unit_names import Named
from routing.weighing import PROVEN, PROVEN_AT, Weighed, weigh
from terms.ids import ClauseId, OrderNo, UnitCode

SAID = [
    ("小区物业费收得太高，物业不作为", "C05"),
    ("路灯坏了半个月没人修", "C04"),
    ("路边违停的车太多", "C02"),
    ("学区划分怎么查", "C09"),
    ("行道树倒了压到车", "C16"),
]


def outcomes(times: int = 8) -> list[Outcome]:
    return [
        Outcome(OrderNo(f"W{turn}-{place}"), f"{text}，第{turn}次", UnitCode(unit), recorded_position=turn * 10 + place)
        for turn in range(times)
        for place, (text, unit) in enumerate(SAID)
    ]


@pytest.fixture(scope="module")
def memory(index: RegisterIndex) -> MemoryEdition:
    return learn(outcomes(), index)


def group(index: RegisterIndex, memory: MemoryEdition, text: str) -> str:
    scores = total_scores(index, memory, read(text)).groups
    return index.groups[max(range(len(scores)), key=lambda place: scores[place])]


def test_the_same_outcomes_in_any_order_give_the_same_bytes(index: RegisterIndex, memory: MemoryEdition) -> None:
    again = learn(list(reversed(outcomes())), index)
    assert again.to_bytes() == memory.to_bytes()
    assert again.digest == memory.digest


def test_an_artefact_reads_back_as_it_was_written(memory: MemoryEdition) -> None:
    back = Stored.from_bytes(memory.to_bytes())
    assert back.digest == memory.digest
    assert back.to_bytes() == memory.to_bytes()
    assert Stored.from_bytes(EMPTY.to_bytes()) is EMPTY


def test_an_artefact_that_is_cut_short_is_refused(memory: MemoryEdition) -> None:
    with pytest.raises(ValueError, match="cut short"):
        Stored.from_bytes(memory.to_bytes()[:-4])


def test_a_forgotten_order_leaves_neither_its_row_nor_its_own_words(index: RegisterIndex) -> None:
    named = Outcome(OrderNo("Z1"), "碧落黄泉小区物业费太高", UnitCode("C05"), recorded_position=999)
    known = learn([*outcomes(), named], index)
    assert "黄泉" in known.to_bytes().decode("utf-8", "ignore")
    without = known.forget("Z1")
    text = without.to_bytes().decode("utf-8", "ignore")
    assert "Z1" not in text
    assert "黄泉" not in text
    assert without.digest != known.digest


def test_a_decision_outranks_acceptances(index: RegisterIndex) -> None:
    text = "共享花架倒塌伤人"
    accepted = [Outcome(OrderNo(f"S{n}"), text, UnitCode("C16"), "signed", n) for n in range(3)]
    decided = [Outcome(OrderNo(f"D{n}"), text, UnitCode("C04"), "decided", 10 + n) for n in range(3)]
    known = learn([*outcomes(), *accepted, *decided], index)
    learned = total_scores(index, known, read(text)).learned
    assert learned["住建"] > learned["绿化园林林业"]
    assert group(index, learn([*outcomes(), *accepted], index), text) == "绿化园林林业"


def test_what_was_returned_and_upheld_counts_against_the_unit(index: RegisterIndex) -> None:
    text = "小区物业费收得太高"
    upheld = [Outcome(OrderNo(f"R{n}"), text, UnitCode("C05"), "returned_upheld", 100 + n) for n in range(12)]
    before = learn(outcomes(), index).scores(read(text), (), [0] * len(index.groups))
    after = learn([*outcomes(), *upheld], index).scores(read(text), (), [0] * len(index.groups))
    place = learn(outcomes(), index).classes.index("房管")
    assert after[place] < before[place]


def test_what_is_learned_of_one_wording_speaks_for_the_others_of_its_item(index: RegisterIndex) -> None:
    said = [Outcome(OrderNo(f"F{n}"), "墙皮掉落砸车", UnitCode("C05"), "signed", 200 + n) for n in range(6)]
    known = learn([*outcomes(), *said], index)
    other = read("保温层掉了")
    named = named_items(index.wordings.hits(other.text, other.words))
    register = [0] * len(index.groups)
    place = known.classes.index("房管")
    assert known.scores(other, named, register)[place] > known.scores(other, (), register)[place]


def test_a_decision_on_a_matter_is_remembered(index: RegisterIndex) -> None:
    found = Outcome(OrderNo("D1"), "路灯坏了", UnitCode("C04"), "decided", 500, ClauseId("DP-X"))
    assert learn([*outcomes(), found], index).decided == (("DP-X", "C04"),)


def test_outcomes_of_subdistricts_teach_nothing(index: RegisterIndex) -> None:
    assert learn([Outcome(OrderNo("S"), "楼道堆物", UnitCode("S1-01"))], index) is EMPTY


def test_an_outcome_of_a_bureau_teaches_for_the_city_unit_it_mirrors(index: RegisterIndex) -> None:
    known = learn([*outcomes(), Outcome(OrderNo("B"), "物业费", UnitCode("D1-05"), recorded_position=900)], index)
    assert ("B", "C05", "signed") in known.orders


def test_old_outcomes_count_less() -> None:
    weights = Weights()
    fresh = Outcome(OrderNo("1"), "x", UnitCode("C05"), at=date(2023, 6, 1))
    assert percent_of(fresh, weights, date(2023, 6, 1)) == 100
    assert percent_of(fresh, weights, date(2025, 5, 21)) == 50
    assert percent_of(fresh, weights, date(2033, 6, 1)) < 10


def test_of_units_that_outcomes_put_close_together_leads_the_one_a_clause_speaks_for(index: RegisterIndex) -> None:
    said = {"E12": "蓝盒子又满了", "C36": "红匣子总空着"}
    memory = learn(
        [
            Outcome(OrderNo(f"{unit}-{turn}"), f"{text}，第{turn}次", UnitCode(unit))
            for unit, text in said.items()
            for turn in range(6)
        ],
        index,
    )
    seen = see(read_order(OrderText("，".join(said.values()))), index)

    def weighed(ground: Callable[[UnitCode], Evidence | None], noted: Sequence[Named] = ()) -> Weighed:
        return weigh(
            index,
            memory,
            CityConfiguration(),
            seen.reading,
            seen.hits,
            seen.likeness,
            noted,
            frozenset(),
            ground=ground,
        )

    (first, _), (second, _), *_ = weighed(lambda _: None).ranked
    totals = weighed(lambda _: None).totals
    assert totals[first] - totals[second] < PROVEN * PROVEN_AT // 1000
    proof = Evidence(ClauseId(f"{second}-SD-02"), second, "clause", 600)
    proven = weighed(lambda unit: proof if unit == second else None)
    assert (proven.ranked[0][0], proven.ranked[1][0]) == (second, first)
    assert [(one.unit, one.detail) for one in proven.reasons if one.feature == "ground"] == [(second, proof.item)]
    noted = [Named(first, (0, 2), True)]
    assert weighed(lambda unit: proof if unit == second else None, noted).ranked[0][0] == first


def test_who_helped_with_most_orders_like_this_one_is_called_in(index: RegisterIndex) -> None:
    words = ("隔壁烧烤店油烟呛人", "烧烤店油烟大熏得睡不着", "楼下烧烤店油烟直排", "烧烤店油烟天天有")
    text, helper = "烧烤店油烟太大呛人，店里卫生差", UnitCode("C07")

    def taught(supports: tuple[UnitCode, ...]) -> MemoryEdition:
        rows = enumerate((*words, *(f"第{at}路公交车拒载老人" for at in range(60))))
        return learn(
            [
                Outcome(
                    OrderNo(str(at)), said, UnitCode("C03" if at < 4 else "C06"), supports=supports if at < 4 else ()
                )
                for at, said in rows
            ],
            index,
        )

    alone, helped = taught(()), taught((helper,))
    assert MemoryEdition.from_bytes(helped.to_bytes()).helped == helped.helped
    assert helper not in propose(OrderText(text), index, alone, CityConfiguration()).supports
    found = propose(OrderText(text), index, helped, CityConfiguration())
    assert helper in found.supports
    assert helper in {citation.unit for citation in found.citations}
    assert helped.forget("0").helped == helped.helped[1:]
