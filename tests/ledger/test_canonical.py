"""A value is written in one way only, and comes back the same."""

import json
import math
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical, instant, moment
from terms.errors import BadInput

_text = st.text(st.characters(codec="utf-8"), max_size=20)
_plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text
)
values = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4), max_leaves=20
)
objects = st.dictionaries(_text, values, max_size=5)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30))])
moments = st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=zones)


@given(values)
def test_what_is_written_is_read_back_and_written_the_same_again(value: Any) -> None:
    written = canonical(value)
    assert orjson.loads(written) == value
    assert canonical(orjson.loads(written)) == written


@given(values)
def test_any_json_reader_reads_the_same(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(objects, st.randoms(use_true_random=False))
def test_the_order_in_which_keys_came_makes_no_difference(value: dict[str, Any], random: Any) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(value)


@given(objects)
def test_keys_stand_in_code_point_order_without_spaces(value: dict[str, Any]) -> None:
    assert list(orjson.loads(canonical(value))) == sorted(value)


@given(moments)
def test_a_time_keeps_its_instant_and_has_one_form(when: datetime) -> None:
    text = instant(when)
    assert moment(text) == when and moment(text).tzinfo is UTC
    assert len(text) == 27 and text.endswith("Z") and instant(when.astimezone(UTC)) == text


@given(moments, moments)
def test_times_sort_as_their_texts_do(one: datetime, other: datetime) -> None:
    assert (one < other) == (instant(one) < instant(other))


def test_dates_and_times_are_written_in_rfc_3339() -> None:
    value = {"b": datetime(2023, 4, 1, 8, tzinfo=timezone(timedelta(hours=8))), "a": date(2023, 4, 1)}
    assert canonical(value) == b'{"a":"2023-04-01","b":"2023-04-01T00:00:00.000000Z"}'


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        {"a": [math.inf]},
        {"a": None, "b": (1, -math.inf)},
        {1: 2},
        {1, 2},
        b"x",
        2**64,
        datetime(2023, 4, 1),
        "\ud800",
    ],
    ids=repr,
)
def test_what_has_no_single_form_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        canonical(value)
