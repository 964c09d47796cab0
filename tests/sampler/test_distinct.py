from __future__ import annotations

import pytest

from sampler.distinct import Distinctness, edit_similarity, ngram_similarity, normalised

TEXT = "Работаю поваром пять лет, готовлю горячие блюда и выпечку. Ищу работу в дружном коллективе."


@pytest.mark.parametrize(
    "other",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace(", ", " — ").replace(".", "!"),
        TEXT.replace("пять", "6"),
        "Ищу работу в дружном коллективе. Работаю поваром пять лет, готовлю горячие блюда и выпечку.",
    ],
    ids=["same", "case", "punctuation", "a word", "sentences swapped"],
)
def test_near_duplicates(other: str) -> None:
    assert Distinctness().near_duplicate(other, ["Совсем другой текст.", TEXT])


@pytest.mark.parametrize(
    "other",
    [
        "Повар с опытом пять лет. Умею готовить горячие блюда, люблю выпечку. Хочу в дружный коллектив.",
        "Работаю поваром пять лет.",
        "",
    ],
)
def test_different_texts(other: str) -> None:
    assert not Distinctness().near_duplicate(other, [TEXT])


def test_nothing_duplicates_nothing() -> None:
    assert not Distinctness().near_duplicate(TEXT, [])


def test_similarities() -> None:
    assert normalised("  Ёлка, ёж!\n") == "елка еж"
    assert edit_similarity("abcd", "abcd") == 1.0
    # 1 deletion and 1 insertion over 8 characters
    assert edit_similarity("abcd", "abcx") == 0.75
    # {a b c, b c d} and {b c d, c d e} share one of three.
    assert ngram_similarity("a b c d", "b c d e") == pytest.approx(1 / 3)
    assert ngram_similarity("a b", "a b") == 1.0
    assert ngram_similarity("a b", "b a") == 0.0
    assert ngram_similarity("A b. C d e?", "C, d e. A b!") == 1.0
