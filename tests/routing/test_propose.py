"""One order in, one proposal out: the right unit, its clause, its tier, and no rule broken."""

import dataclasses
import json
import os
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.configuration import CityConfiguration, Routing
from mandates.edition import RegisterEdition
from routing.building import load_or_build
from routing.index import RegisterIndex
from routing.memory import EMPTY, Outcome, learn
from routing.memory_edition import MemoryEdition
from routing.proposal import OrderText, Proposal
from routing.propose import propose, verdict
from routing.reading import read
from routing.seen import read_order
from routing.text import normalise
from routing.weighing import weigh
from terms.ids import ClauseId, OrderNo, UnitCode

CITY = CityConfiguration()


def route(index: RegisterIndex, text: str, **fields: object) -> Proposal:
    return propose(OrderText(text, **fields), index, EMPTY, CITY)  # type: ignore[arg-type]  # fields of the order


def as_json(proposal: Proposal) -> str:
    return json.dumps(dataclasses.asdict(proposal), ensure_ascii=False, sort_keys=True)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("市民反映小区物业费太贵，物业公司不作为", "C05"),
        ("路灯不亮好几天了，晚上走路害怕", "C04"),
        ("驾驶证换证需要什么材料", "C02"),
        ("咨询医保报销比例", "C23"),
        ("孩子上学学区怎么划分", "C09"),
        ("家里停电了，什么时候来电", "E01"),
        ("自来水停水没有通知", "E02"),
        ("烧烤店油烟扰民", "C03"),
        ("超市卖过期食品，要求赔偿", "C07"),
    ],
)
def test_an_everyday_order_goes_to_the_unit_that_answers_for_it(index: RegisterIndex, text: str, unit: str) -> None:
    assert route(index, text).lead == unit


@pytest.fixture(scope="module")
def memory(index: RegisterIndex) -> MemoryEdition:
    """What some outcomes taught, one of them against the register."""
    told = [("小区物业费太贵", "C05"), ("路灯不亮", "C04"), ("烧烤店油烟扰民", "C07"), ("驾驶证换证", "C02")]
    return learn([Outcome(OrderNo(f"{at}-{no}"), text, UnitCode(unit)) for at in range(6) for no, (text, unit) in
                  enumerate(told)], index)  # fmt: skip


PHRASES = [
    "小区物业费太贵",
    "路灯不亮",
    "烧烤店油烟扰民",
    "柳桥新村",
    "市住建局不作为",
    "停水",
    "孩子上学",
    "电梯",
    "请处理",
    "。",
]


@settings(max_examples=40, deadline=None)
@given(said=st.lists(st.sampled_from(PHRASES), max_size=5), title=st.sampled_from(["", *PHRASES]))
def test_a_verdict_is_what_the_proposal_says_of_where_an_order_goes(
    index: RegisterIndex, memory: MemoryEdition, said: list[str], title: str
) -> None:
    order = OrderText("，".join(said), title=title, subject_units=(UnitCode("C05"),) if len(said) == 4 else ())
    for known in (EMPTY, memory):
        whole = propose(order, index, known, CITY)
        given_ = verdict(read_order(order), index, known, CITY)
        assert (given_.lead, given_.desk, given_.automatic, given_.abstained) == (
            whole.lead, whole.desk, whole.automatic, whole.abstained
        )  # fmt: skip
        assert given_.cited == tuple(one for one in whole.citations if one.unit == whole.lead)


def test_a_citation_speaks_in_both_texts(index: RegisterIndex, edition: RegisterEdition) -> None:
    text = "市民反映：小区物业费太贵，物业不作为，请核实处理。"
    citation = route(index, text).citations[0]
    assert citation.unit == "C05"
    assert citation.text == edition.text_of(citation.clause_id)
    assert citation.order_span is not None
    assert "物业" in text[slice(*citation.order_span)]
    assert citation.clause_span is not None
    assert "物业" in citation.text[slice(*citation.clause_span)]


def test_spans_count_from_the_title_when_there_is_one(index: RegisterIndex) -> None:
    proposal = route(index, "请尽快处理", title="小区物业费太贵")
    start, end = proposal.citations[0].order_span or (0, 0)
    assert "物业" in "小区物业费太贵\n请尽快处理"[start:end]


def test_a_district_matter_goes_to_the_bureau_that_mirrors_the_city_unit_by_the_district_desk(
    index: RegisterIndex,
) -> None:
    proposal = route(index, "柳桥新村小区物业费太贵，物业不作为")
    assert (proposal.lead, proposal.desk) == ("D1-05", "D1-00")
    assert any(reason.feature == "territory" for reason in proposal.reasons)


def test_an_order_from_an_unknown_place_stays_on_the_city_tier_and_is_not_dispatched_by_rule(
    index: RegisterIndex,
) -> None:
    proposal = route(index, "某小区物业费太贵，物业不作为")
    assert proposal.lead == "C05"
    assert not proposal.automatic
    assert proposal.abstained is not None


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("树枝伸进窗户，请市园林局修剪", {"C16"}),
        ("龙头出水浑，请自来水公司查看", {"E02"}),
        ("建议转办至市场监督管理局", {"C07"}),
        ("望安平县教育局给予解答", {"C09"}),
        ("请移动路边的花盆", set()),
        ("单位开了函请公积金异地转入", set()),
    ],
)
def test_the_call_taker_notes_a_unit_by_speaking_to_it(index: RegisterIndex, text: str, units: set[str]) -> None:
    assert {one.unit for one in index.names.noted(text, index.names.named(text))} == units


def test_a_unit_the_order_complains_about_by_field_is_never_proposed(index: RegisterIndex) -> None:
    order = OrderText("小区物业费太贵", subject_units=(UnitCode("C05"),))
    proposal = propose(order, index, EMPTY, CITY)
    assert "C05" not in {proposal.lead, *proposal.supports, *(one.unit for one in proposal.candidates)}


def test_a_subdistrict_leads_only_on_an_item_of_its_own_list(index: RegisterIndex, edition: RegisterEdition) -> None:
    proposal = route(index, "柳桥社区居委会态度差，居委会电话没人接")
    assert proposal.lead == "S1-01"
    assert proposal.citations[0].clause_id in edition.subdistrict_items


@pytest.mark.parametrize("text", ["柳桥社区居委会态度差，居委会电话没人接", "楼道里堆满杂物没人管", "物业费太贵"])
def test_what_is_not_dispatched_by_rule_says_why(index: RegisterIndex, text: str) -> None:
    """Whoever dispatches by hand asks why, of an item of a subdistrict's own list as well."""
    careful = CITY.model_copy(update={"routing": Routing(automatic_at=100)})
    proposal = propose(OrderText(text), index, EMPTY, careful)
    assert not proposal.automatic
    assert proposal.abstained is not None and proposal.abstained.message


def test_what_the_call_taker_wrote_is_evidence_with_its_own_weight(index: RegisterIndex) -> None:
    text = "市民反映门口声音很大，请城管局核实处理"
    assert route(index, text).lead == "C03"
    silent = CityConfiguration(routing=Routing(caller_note_weight=0))
    weights = [
        one.weight for one in propose(OrderText(text), index, EMPTY, silent).reasons if one.feature == "caller-note"
    ]
    assert weights == [0]


def test_too_little_text_is_said(index: RegisterIndex) -> None:
    for text in ("", "。。。", "你好"):
        proposal = route(index, text)
        assert proposal.abstained is not None
        assert not proposal.automatic
        assert proposal.abstained.code == "route.too-little"


@pytest.mark.parametrize("text", ["望湖区柳桥新村", "东渡区", "云泽市第一人民医院，望湖区", "湖滨街道"])
def test_a_place_and_nothing_else_is_too_little_however_long_its_name(index: RegisterIndex, text: str) -> None:
    proposal = route(index, text)
    assert proposal.abstained is not None
    assert (proposal.automatic, proposal.abstained.code) == (False, "route.too-little")


def test_an_order_on_a_disputed_matter_goes_to_the_status_quo_unit_by_rule(index: RegisterIndex) -> None:
    plain = route(index, "柳桥新村小区物业费太贵")
    assert plain.matter_id is not None
    holder = {ClauseId(plain.matter_id): UnitCode("C03")}
    proposal = propose(OrderText("柳桥新村小区物业费太贵"), index, EMPTY, CITY, status_quo=holder)
    assert proposal.lead == "C03"
    assert proposal.disputed == plain.matter_id
    likelier = next(one for one in proposal.candidates if one.unit == "D1-05")
    assert "现承办单位" in likelier.why_not


def test_who_holds_a_disputed_matter_does_not_help_itself_through_a_bureau_of_the_district(
    index: RegisterIndex,
) -> None:
    order = OrderText("工地半夜施工吵得睡不着", place="望湖区")
    plain = propose(order, index, EMPTY, CITY)
    assert plain.supports
    for bureau in plain.supports:
        (holder,) = index.places.city_tier(bureau)
        proposal = propose(order, index, EMPTY, CITY, status_quo={plain.matter: holder})
        assert (proposal.lead, proposal.disputed) == (holder, plain.matter)
        assert bureau not in proposal.supports


def test_candidates_whose_shares_round_to_the_same_keep_the_order_of_their_scores(index: RegisterIndex) -> None:
    reading = read(normalise("小区停水三天没有通知").text)
    hits = index.wordings.hits(reading.text, reading.words)
    likeness = index.recall.scores(reading.plain)
    weighed = weigh(index, EMPTY, CITY, reading, hits, likeness, (), frozenset())
    tied = [(one, other) for (one, share), (other, next_share) in pairwise(weighed.ranked[1:]) if share == next_share]
    assert tied
    assert all(weighed.totals[one] >= weighed.totals[other] for one, other in tied)


def test_candidates_come_best_first_and_say_what_they_lacked(index: RegisterIndex) -> None:
    found = route(index, "电梯坏了没人修，物业不管").candidates
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[0].why_not == ""
    assert found[1].why_not


def test_learning_changes_the_lead_and_names_the_past_orders(index: RegisterIndex) -> None:
    text = "蓝色驿站的投递柜又满了"
    outcomes = [
        Outcome(
            OrderNo(f"W{number}"), f"蓝色驿站投递柜满了，第{number}次反映", UnitCode("C16"), recorded_position=number
        )
        for number in range(1, 30)
    ]
    outcomes += [
        Outcome(OrderNo(f"V{number}"), f"路灯坏了第{number}次", UnitCode("C04"), recorded_position=100 + number)
        for number in range(1, 30)
    ]
    memory = learn(outcomes, index)
    proposal = propose(OrderText(text), index, memory, CITY)
    assert proposal.lead == "C16"
    assert proposal.memory_edition == memory.digest
    assert set(proposal.similar) <= {f"W{number}" for number in range(1, 30)}
    assert proposal.similar


_ALONE = """
import dataclasses, json, sys
from pathlib import Path
from tests.routing.conftest import PART
from tests.routing.sample_city import sample_edition
from routing.building import build_index
from routing.memory import Outcome, learn
from routing.proposal import OrderText
from routing.propose import propose
from routing.text import segmenter
from city.configuration import CityConfiguration
segmenter(Path(sys.argv[1]))
whole = sample_edition()
small = dataclasses.replace(whole, clauses={}, power_items={},
    duty_points={p.id: p for p in list(whole.duty_points.values())[::12]})
index = build_index(small)
memory = learn([Outcome(str(n), t, u, recorded_position=n) for n, (t, u) in enumerate([
    ("物业费太贵", "C05"), ("小区物业不管事", "C05"), ("路灯坏了", "C04"), ("违章停车没人管", "C02")] * 5)], index)
print(memory.digest)
for text in ("小区物业费太贵", "路灯不亮", "柳桥新村有人乱停车，请交警处理"):
    print(json.dumps(dataclasses.asdict(propose(OrderText(text), index, memory, CityConfiguration())), sort_keys=True))
"""


def test_the_same_order_gives_the_same_bytes_whatever_the_hash_seed_and_the_number_of_threads(tmp_path: Path) -> None:
    said = set()
    for seed, threads in (("0", "1"), ("4711", "2")):
        environment = dict(os.environ, PYTHONHASHSEED=seed, OMP_NUM_THREADS=threads, OPENBLAS_NUM_THREADS=threads)
        done = subprocess.run(
            [sys.executable, "-c", _ALONE, str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
            cwd=Path(__file__).resolve().parents[2],
        )
        said.add(done.stdout)
    assert len(said) == 1


def test_an_index_from_the_cache_proposes_the_same_as_one_just_built(
    edition: RegisterEdition, index: RegisterIndex, cache: Path
) -> None:
    small = dataclasses.replace(edition, digest="2" * 64, duty_points=dict(list(edition.duty_points.items())[:40]))
    built = load_or_build(small, cache)
    read_back = load_or_build(small, cache)
    assert read_back is not built
    order = OrderText("柳桥新村小区物业费太贵", at=date(2023, 6, 1))
    assert as_json(propose(order, built, EMPTY, CITY)) == as_json(propose(order, read_back, EMPTY, CITY))


def test_a_broken_cache_file_is_built_anew(edition: RegisterEdition, cache: Path) -> None:
    small = dataclasses.replace(edition, digest="3" * 64, duty_points=dict(list(edition.duty_points.items())[:10]))
    load_or_build(small, cache)
    for file in cache.glob("*.npz"):
        file.write_bytes(b"nothing")
    assert load_or_build(small, cache).digest == small.digest


def test_a_clause_that_hardly_speaks_of_the_matter_is_no_proof_and_is_not_cited(index: RegisterIndex) -> None:
    weak = route(index, "河边那条小路一直没有人管，东西堆得到处都是，走过去很不方便")
    assert weak.lead is not None and weak.citations == () and not weak.automatic
    assert weak.abstained is not None and weak.abstained.code == "route.weak-clause"
    assert index.edition.units[weak.lead].name in weak.abstained.message
    told = route(index, "望湖区烧烤店油烟很大，没有装油烟净化器")
    assert told.citations and (told.abstained is None or told.abstained.code != "route.weak-clause")
