"""Drafts that the check refuses become rejected examples."""

from __future__ import annotations

from collections.abc import Sequence

from resumes.schema import Profile
from sampler.engines.base import Decoding, Sample
from trainer.fact_pairs import DRAFTS, fact_pairs
from trainer.pairs import NO_PAIR, PairRow, Snapshot

TRUE = ["Мне 34 года.", "Мне тридцать четыре года.", "Живу в Казани.", "Готова учиться."]
FALSE = ["Мне 50 лет.", "Живу в Москве."]
PROFILE = Profile(external_id="r", gender="female", age=34, city="Казань")


class Scripted:
    """An engine that writes what it is told, prompt by prompt."""

    name, version, compute_type, batch_size = "scripted", "1", "float32", 1

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self.texts = texts

    def generate(self, prompts: Sequence[str], n: int, decoding: Decoding, seed: int) -> list[list[Sample]]:
        assert (len(prompts), n) == (len(self.texts), DRAFTS)
        return [[Sample(text, 5, -1.0) for text in row] for row in self.texts]

    def score(self, prompts: Sequence[str], completions: Sequence[str]) -> list[float]:
        raise AssertionError("drafts are not scored")


def drafted(*texts: Sequence[str]) -> list[PairRow]:
    resumes = [(number, PROFILE) for number in range(len(texts))]
    return fact_pairs(Scripted(texts), resumes, "plain", seed=1)


def test_every_failed_draft_is_rejected_for_a_faithful_one_of_the_same_resume() -> None:
    pairs = drafted([TRUE[0], FALSE[0], TRUE[1], FALSE[1]], TRUE)
    assert [(pair.resume_id, pair.chosen, pair.rejected) for pair in pairs] == [
        (0, TRUE[0], FALSE[0]),
        (0, TRUE[1], FALSE[1]),
    ]
    assert all(pair.pair_id == NO_PAIR and "34" in pair.prompt and not pair.held_out for pair in pairs)


def test_without_a_faithful_draft_there_is_nothing_to_prefer() -> None:
    assert drafted([FALSE[0]] * DRAFTS) == []


def test_a_snapshot_counts_them_apart() -> None:
    ranked = PairRow(7, 1, "p", "a", "b")
    rows = (ranked, *drafted([TRUE[0], FALSE[0], TRUE[1], TRUE[2]]))
    assert Snapshot(rows).drafted == 1
    assert Snapshot(rows).hash != Snapshot((ranked,)).hash
