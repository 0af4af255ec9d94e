"""What `dingze evaluate` counts, on a small register."""

import gzip
import json
from pathlib import Path

import pytest

from city.configuration import CityConfiguration
from dingze.evaluate import Judged, Labelled, calibration_error, coverage, lowest_units, outcomes_of, read_rows, score
from mandates.edition import RegisterEdition
from routing.index import RegisterIndex
from terms.errors import BadInput

ROWS = [
    Labelled("1", "", "小区物业费太贵", "房管"),
    Labelled("2", "", "路灯不亮", "住建"),
    Labelled("3", "", "居委会态度差", "街道乡镇"),
    Labelled("4", "", "天上的事", "航天"),
    Labelled("5", "", "医保报销比例", "医保"),
    Labelled("6", "", "驾驶证换证", "公安交警"),
]


def test_rows_that_leave_first_are_counted(index: RegisterIndex) -> None:
    document = score(ROWS, index, CityConfiguration(), ["街道乡镇"], "given", test=2, sizes=(0, 2))
    assert (document["rows"], document["excluded"], document["unlabelled"]) == (4, 1, 1)
    assert [run["learned"] for run in document["runs"]] == [0, 2]
    assert document["runs"][0]["top1"] == 1.0


def test_the_same_seed_shuffles_the_same(index: RegisterIndex) -> None:
    def runs() -> list[dict[str, object]]:
        document = score(ROWS, index, CityConfiguration(), ["街道乡镇"], "shuffle", seed=7, test=2)
        return [{key: value for key, value in run.items() if key != "orders_per_second"} for run in document["runs"]]

    assert runs() == runs()


def test_an_outcome_is_the_lowest_coded_city_unit_with_that_function(edition: RegisterEdition) -> None:
    owners = lowest_units(edition)
    assert owners["公安"] == "C01"
    assert "街道乡镇" not in owners
    assert [one.unit for one in outcomes_of([ROWS[0]], owners)] == ["C05"]


def test_a_test_larger_than_the_file_is_refused(index: RegisterIndex) -> None:
    with pytest.raises(BadInput):
        score(ROWS, index, CityConfiguration(), test=40)


def test_coverage_takes_the_surest_first_and_calibration_compares_sureness_with_truth() -> None:
    judged = [Judged(place < 8, True, 90 - place, 0) for place in range(10)]
    found = coverage(judged)
    assert found[7] == {"share": 0.8, "accuracy": 1.0}
    assert found[9] == {"share": 1.0, "accuracy": 0.8}
    assert calibration_error([Judged(True, True, 100, 0), Judged(False, True, 0, 0)]) == 0.0
    assert calibration_error([Judged(False, True, 100, 0)]) == 1.0


def test_rows_are_read_from_lines_packed_or_not_and_a_torn_file_is_named(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "title": "标题", "text": "内容", "unit": "不读", "label": "住建"}, ensure_ascii=False)
    plain, packed = tmp_path / "a.jsonl", tmp_path / "a.jsonl.gz"
    plain.write_text(line + "\n", "utf-8")
    packed.write_bytes(gzip.compress(line.encode()))
    assert read_rows(plain, "label", ("title", "text")) == read_rows(packed, "label", ("title", "text"))
    assert read_rows(plain, "label", ("text",))[0].title == ""
    packed.write_bytes(b"torn")
    with pytest.raises(BadInput):
        read_rows(packed, "label", ("title", "text"))
