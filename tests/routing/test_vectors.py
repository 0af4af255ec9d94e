"""Vectors of many texts in one go are those of each text alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.vectors import counted, vectors_of, vocabulary

TERMS = "甲乙丙丁戊"
VOCABULARY = vocabulary(["甲乙", "乙丙", "乙丁戊", "戊"])
WORDS = st.lists(st.sampled_from(TERMS), min_size=1, max_size=200)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_texts_weighed_together_weigh_what_each_weighs_alone(texts: list[list[str]]) -> None:
    numbers = [number for number, words in enumerate(texts) for _ in words]
    places = [VOCABULARY.places[word] for words in texts for word in words]
    among = list(
        zip(*(one.tolist() for one in vectors_of(np.array(numbers), np.array(places), VOCABULARY.idf)), strict=True)
    )
    for number, words in enumerate(texts):
        alone = zip(*(one.tolist() for one in VOCABULARY.vector(counted(words))), strict=True)
        assert {(place, weight) for text, place, weight in among if text == number} == set(alone)
