"""What a reader finds on the sample month from the pages alone, as HTML: no reading, no view, no event is asked here.

stage D, must show: the pair that quarrels most and over what, the matter nobody owns, the clause never used, the unit
that returns most and is refused most, and what the decision changed.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from console.administration.people import People
from console.administration.sample_people import SAMPLE_ACCOUNTS
from console.app import create_app
from dingze.wiring import Dingze
from ledger.backends import migrate
from tests.console.city import Browser, served


class Tables(HTMLParser):
    """The tables of a page as a reader sees them: rows of cells, each its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        """A cell ends."""
        if tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] = f"{self.rows[-1][-1]}{data.strip()}"

    def body(self, heading: str = "") -> list[dict[str, str]]:
        """The rows by the headings of the first table, or of the first that has this heading."""
        at = next(number for number, row in enumerate(self.rows) if not heading or heading in row)
        head = self.rows[at]
        return [dict(zip(head, row, strict=False)) for row in self.rows[at + 1 :] if len(row) == len(head)]


@pytest.fixture(scope="module")
def reader(dingze: Dingze, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A 编办 officer before the month; the accounts lie elsewhere, so that the month is only looked at."""
    url = f"sqlite:///{tmp_path_factory.mktemp('people')}/people.db"
    migrate(url)
    people = People(url)
    people.add_missing(SAMPLE_ACCOUNTS)
    with served(create_app(replace(dingze.parts, people=people, sample_sign_in=True))) as address:
        yield Browser(address, "yz-03-bianban")
    people.close()


def rows(reader: Browser, address: str, heading: str = "") -> list[dict[str, str]]:
    """The first table of a page, or the first that has this heading."""
    answer = reader.get(address)
    assert answer.status_code == 200, (address, answer.text[:300])
    found = Tables(answer.text).body(heading)
    assert found, address
    return found


def number(text: str) -> int:
    """The number a cell begins with."""
    return int(re.match(r"\d+", text)[0])  # type: ignore[index]  # a cell without one fails


def opened(reader: Browser, address: str, most: int = 40) -> int:
    """How many numbers of a page open to their events, each to as many as it says; at most so many are tried."""
    links = re.findall(r'href="/figures/([\w-]+)\?([^"]+)"[^>]*>(\d+)</a>', reader.get(address).text)
    for name, asked, shown in links[:most]:
        told = reader.get(f"/figures/{name}.json?{asked.replace('&amp;', '&')}").json()
        assert told["total"] == int(shown), (address, name, asked)
    return len(links)


def test_the_pair_that_quarrels_most_and_over_what(reader: Browser) -> None:
    pairs = rows(reader, "/disputes?tab=pairs")
    first = max(pairs, key=lambda row: number(row["甲退乙"]) + number(row["乙退甲"]))
    assert first is pairs[0], "the most quarrelsome stands first"
    assert first["双方（甲 ↔ 乙）"] == "城管局↔住建局" and "夜间施工" in first["主要事项"].split("；")[0]
    named = [int(times) for times in re.findall(r"（(\d+)）", first["主要事项"])]
    assert sum(named) == number(first["甲退乙"]) + number(first["乙退甲"]), "the matters add up to the returns"


def test_the_matter_nobody_owns(reader: Browser) -> None:
    gathered = rows(reader, "/coverage?tab=uncovered")
    most = gathered[0]
    assert number(most["件数"]) == max(number(row["件数"]) for row in gathered) > 1 and number(most["退单"]) > 0
    assert all(word in most["工单"] for word in most["用词"].split("、")[:1])
    unsettled = rows(reader, "/disputes?tab=unsettled")
    assert any(row["情形"] == "无主：退单称无条目" for row in unsettled)


def test_the_clause_never_used(reader: Browser) -> None:
    unused = rows(reader, "/coverage?tab=unused")
    assert all(row["派单"] == row["被否认"] == row["被主张"] == "0" for row in unused)
    used = {row["条目"] for row in rows(reader, "/coverage?tab=load")}
    assert unused and not {row["条目"] for row in unused} & used


def test_the_unit_that_returns_most_and_is_refused_most(reader: Browser) -> None:
    units = rows(reader, "/accountability?quarter=2026-Q4")
    returns = max(units, key=lambda row: number(row["退单"]))
    refused = max(units, key=lambda row: number(row["驳回"]))
    assert returns["单位"] == refused["单位"] == "住建局" and number(refused["驳回"]) > 1
    for sort in ("returned", "refused"):
        first = rows(reader, f"/accountability?quarter=2026-Q4&sort={sort}")[0]
        assert first["单位"] == "住建局", "and stands first when asked for"
    matrix = rows(reader, "/disputes")[0]
    assert (matrix["退单单位"], matrix["合计"], matrix["被驳回"]) == ("住建局", returns["退单"], refused["驳回"])


def test_an_order_that_came_back_to_whom_it_came_from_stands_first(reader: Browser) -> None:
    first = rows(reader, "/disputes?tab=chains")[0]
    assert number(first["折返"]) == 1 and "来回折返" in first["经手单位（先后）"]
    hands = re.sub(r"来回折返|指定承办|\s", "", first["经手单位（先后）"]).split("→")
    assert hands[0] == hands[-1] and len(set(hands)) == len(hands) - 1


def test_what_the_decision_changed(reader: Browser) -> None:
    decided = rows(reader, "/disputes?tab=decided")
    told = next(row for row in decided if number(row["生效前 30 天退单"]) > 0)
    assert told["定由"] and told["生效"] and told["文号"]
    assert number(told["生效后退单"]) == 0
    assert number(told["已过天数"]) > 5, "it was decided in time for a reader to see it"
    assert opened(reader, "/disputes?tab=decided")


def test_every_boundary_item_is_tracked_and_open_cases_show_age_and_step(reader: Browser) -> None:
    tracked = rows(reader, "/disputes?tab=tracked", "环节与承办")
    going_on = rows(reader, "/disputes?tab=tracked", "本步停留")
    assert {row["状态"] for row in tracked} <= {"已定", "未定"} and any(row["状态"] == "未定" for row in tracked)
    assert all(number(row["已历天数"]) >= number(row["本步停留"]) >= 0 and row["步骤"] for row in going_on)


def test_the_comparison_load_and_motions_stand_on_pages(reader: Browser) -> None:
    """stage D, build 5: 对照表 with repealed laws, load by office and post, evidence for motions, social effect."""
    sums = rows(reader, "/coverage/compare")
    assert any(number(row["依据已失效"]) for row in sums) and any(number(row["有责无权"]) for row in sums)
    worst = max(sums, key=lambda row: number(row["依据已失效"]))
    listed = reader.get("/coverage/compare.json?unit=C11&only=repealed").json()
    assert all(row["basis_state"] for row in listed["compared"])
    assert number(worst["依据已失效"]) >= len(listed["compared"])
    loads = rows(reader, "/coverage/workload")
    assert any(row["每百名编制（件）"] != "—" for row in loads)
    first, second = (reader.get(f"/coverage/workload.json?page={page}").json() for page in (1, 2))
    assert len(first["workloads"]) == len(loads) == 50 < first["total"]
    assert not {one["unit"] for one in first["workloads"]} & {one["unit"] for one in second["workloads"]}
    offices = reader.get("/coverage/workload.json?unit=C03").json()["offices"]
    assert offices and all(office["office"] for office in offices)
    motions = rows(reader, "/coverage/motions?quarter=2026-Q4")
    assert {row["判断"] for row in motions} <= {"可研究", "暂不"}
    assert reader.get("/coverage/motions.json?quarter=2026-Q4&unit=C03").json()["duties"]
    for page in ("/coverage/motions?quarter=2026-Q4&unit=C03", "/coverage/workload?unit=C03"):
        assert opened(reader, page) > 3
    moved = re.compile("新增职责|改革")  # what else speaks for a motion, as work done late, asks for no posts by itself
    assert all(("名" in row["适量"]) == bool(moved.search(row["适时"])) for row in motions), (
        "posts are told where a duty moved, and nowhere else"
    )
    effect = rows(reader, "/coverage?tab=effect")
    assert number(effect[0]["未解决"]) + number(effect[0]["不满意"]) + number(effect[0]["重复"]) > 0
