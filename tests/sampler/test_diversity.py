from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

from sampler.diversity import bleu, distinct_n, self_bleu

WORDS = st.lists(st.sampled_from("абвгд"), min_size=1, max_size=12)


def test_equal_texts_have_self_bleu_one_and_strange_ones_next_to_none() -> None:
    text = "Работаю поваром пять лет и люблю свое дело"
    assert self_bleu([text, text.upper() + "!", text]) == pytest.approx(1.0)
    assert self_bleu(["а б в г д", "е ж з и к"]) == 0.0
    assert self_bleu([text]) is None


def test_bleu_by_hand() -> None:
    # 1-grams 3/4, 2-grams 2/3, 3-grams 1/2, no 4-gram of 1 (smoothed to 0.1); no longer than the reference
    expected = math.exp((math.log(3 / 4) + math.log(2 / 3) + math.log(1 / 2) + math.log(0.1)) / 4)
    assert bleu(list("абвг"), [list("абвд")]) == pytest.approx(expected)
    # half as long as the closest reference: penalty exp(1 - 2)
    assert bleu(list("аб"), [list("абвг")], max_order=2) == pytest.approx(math.exp(-1))
    # «а» is clipped to the two that one reference has
    assert bleu(list("ааа"), [list("аба"), list("а")], max_order=1) == pytest.approx(2 / 3)


def test_distinct_n() -> None:
    assert distinct_n(["а б а", "а б"], 1) == pytest.approx(2 / 5)
    assert distinct_n(["а б а", "а б"], 2) == pytest.approx(2 / 3)
    assert distinct_n(["а"], 2) is None


@given(hypothesis=WORDS, references=st.lists(WORDS, min_size=1, max_size=3))
def test_bleu_is_that_of_the_toolkit(hypothesis: list[str], references: list[list[str]]) -> None:
    smoothing = SmoothingFunction(epsilon=0.1).method1
    expected = sentence_bleu(references, hypothesis, smoothing_function=smoothing)
    assert bleu(hypothesis, references) == pytest.approx(expected)
