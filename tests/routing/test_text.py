"""Normalising keeps a way back; segmentation is the same everywhere."""

from hypothesis import given
from hypothesis import strategies as st

from routing.text import normalise, segmenter


@given(st.text(max_size=60), st.data())
def test_every_span_of_the_normalised_text_maps_back_into_the_text_as_given(
    given_text: str, data: st.DataObject
) -> None:
    found = normalise(given_text)
    if not found.text:
        return
    start = data.draw(st.integers(0, len(found.text) - 1))
    end = data.draw(st.integers(start + 1, len(found.text)))
    first, last = found.span(start, end)
    assert 0 <= first < last <= len(given_text)
    assert normalise(given_text[first:last]).text == found.text[start:end]


def test_width_case_and_what_is_invisible_make_no_difference() -> None:
    assert normalise("ＡＢＣ１２\u200b３路").text == "abc123路"
    assert normalise("ＡＢＣ１２\u200b３路").span(3, 6) == (3, 7)


def test_words_are_cut_whole() -> None:
    assert segmenter().words("小区电梯坏了") == ["小区", "电梯", "坏", "了"]
