from __future__ import annotations

import pytest

from sampler.distinct import Distinctness, Fingerprint, edit_similarity, ngram_similarity, normalised

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
    others = [Fingerprint.of("Совсем другой текст."), Fingerprint.of(TEXT)]
    assert Distinctness().near_duplicate(Fingerprint.of(other), others)


@pytest.mark.parametrize(
    "other",
    [
        "Повар с опытом пять лет. Умею готовить горячие блюда, люблю выпечку. Хочу в дружный коллектив.",
        "Работаю поваром пять лет.",
        "",
    ],
)
def test_different_texts(other: str) -> None:
    assert not Distinctness().near_duplicate(Fingerprint.of(other), [Fingerprint.of(TEXT)])


def test_nothing_duplicates_nothing() -> None:
    assert not Distinctness().near_duplicate(Fingerprint.of(TEXT), [])


def edit(one: str, other: str) -> float:
    return edit_similarity(Fingerprint.of(one), Fingerprint.of(other))


def ngram(one: str, other: str) -> float:
    return ngram_similarity(Fingerprint.of(one), Fingerprint.of(other))


def test_similarities() -> None:
    assert normalised("  Ёлка, ёж!\n") == Fingerprint.of("  Ёлка, ёж!\n").words == "елка еж"
    assert edit("abcd", "abcd") == 1.0
    # 1 deletion and 1 insertion over 8 characters
    assert edit("abcd", "abcx") == 0.75
    # {a b c, b c d} and {b c d, c d e} share one of three.
    assert ngram("a b c d", "b c d e") == pytest.approx(1 / 3)
    assert ngram("a b", "a b") == 1.0
    assert ngram("a b", "b a") == 0.0
    assert ngram("A b. C d e?", "C, d e. A b!") == 1.0
    assert ngram("", "...") == 1.0
