"""Normalising keeps a way back; segmentation is the same everywhere."""

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandates.edition import RegisterEdition
from routing.text import FastSegmenter, normalise, segmenter


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


@pytest.fixture(scope="module")
def as_jieba(tmp_path_factory: pytest.TempPathFactory) -> jieba.Tokenizer:
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(tmp_path_factory.mktemp("jieba"))
    tokenizer.initialize()
    return tokenizer


SIGNS = st.text(
    st.sampled_from("市民反映小区电梯坏了垃圾堆在消防通道abXY019+#&._%-，。！ \n\r\té丁𠀀龥　"), max_size=40
)

FAST = FastSegmenter()


@given(st.one_of(SIGNS, st.text(max_size=30)))
def test_any_text_is_cut_as_jieba_cuts_it(as_jieba: jieba.Tokenizer, text: str) -> None:
    assert segmenter().words(text) == as_jieba.lcut(text, HMM=False)


def test_every_text_of_the_register_is_cut_as_jieba_cuts_it(
    edition: RegisterEdition, as_jieba: jieba.Tokenizer
) -> None:
    texts = [clause.text for clause in edition.clauses.values()]
    texts += [" ".join((point.matter, *point.wordings)) for point in edition.duty_points.values()]
    assert texts
    for text in (normalise(given_text).text for given_text in texts):
        assert segmenter().words(text) == as_jieba.lcut(text, HMM=False)


@given(st.one_of(SIGNS, st.text(max_size=30)))
def test_the_fast_cutter_cuts_any_text_the_same(text: str) -> None:
    assert FAST.words(text) == segmenter().words(text)


def test_the_fast_cutter_cuts_every_text_of_the_register_the_same(edition: RegisterEdition) -> None:
    texts = [clause.text for clause in edition.clauses.values()]
    texts += [" ".join((point.matter, *point.wordings)) for point in edition.duty_points.values()]
    for text in (normalise(given_text).text for given_text in texts):
        assert FAST.words(text) == segmenter().words(text)
