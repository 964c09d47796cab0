"""Evaluation: the bootstrap, the comparison of two models, the gate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from resumes.schema import Profile
from resumes.text_format import render
from sampler.artifacts import write_marker
from sampler.candidates import Statistics
from sampler.engines.base import Decoding, Engine
from sampler.engines.load import load_engine
from tests.trainer.conftest import WORDS, make_model, make_tokenizer
from trainer.bootstrap import Interval, clustered_mean
from trainer.errors import TrainingDataError
from trainer.evaluation import Evaluation, ModelFigures, checks, evaluate, gate
from trainer.pairs import PairRow
from trainer.sft import Example, SFTSettings, train_sft

PROFILES = [Profile(external_id=str(number), title=WORDS[number % 5]) for number in range(12)]
SHORT = Decoding(max_new_tokens=12)


def test_interval_of_independent_values_is_that_of_the_normal_approximation() -> None:
    values = np.random.default_rng(0).normal(3.0, 2.0, size=400)
    interval = clustered_mean([[value] for value in values], seed=1)
    assert interval is not None
    error = values.std() / np.sqrt(len(values))
    assert interval.estimate == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert interval.high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_values_of_a_cluster_are_not_taken_for_independent() -> None:
    """Each of 50 clusters has 8 equal values: the interval is that of 50 values, not of 400."""
    values = np.random.default_rng(0).normal(size=50)
    clustered = clustered_mean([[value] * 8 for value in values], seed=1)
    single = clustered_mean([[value] for value in values], seed=1)
    assert clustered is not None
    assert single is not None
    assert (clustered.low, clustered.high) == pytest.approx((single.low, single.high))
    assert clustered.clusters == 50


def test_interval_covers_the_truth_about_19_times_in_20() -> None:
    generator = np.random.default_rng(2)
    hits = 0
    for seed in range(200):
        effects = generator.normal(0.5, 0.2, size=60)
        interval = clustered_mean([list(generator.normal(e, 0.3, size=4)) for e in effects], seed=seed, resamples=500)
        assert interval is not None
        hits += interval.low <= 0.5 <= interval.high
    assert 0.88 <= hits / 200 <= 0.99


def test_bootstrap_edges() -> None:
    assert clustered_mean([], seed=0) is None
    assert clustered_mean([[], []], seed=0) is None
    assert clustered_mean([[1.0, 1.0], []], seed=0) == Interval(1.0, 1.0, 1.0, 1)
    values = [[number / 10, number % 3] for number in range(10)]
    assert clustered_mean(values, seed=3) == clustered_mean(values, seed=3) != clustered_mean(values, seed=4)


@pytest.fixture(scope="session")
def parent_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evaluation") / "parent"
    make_model().save_pretrained(path)
    make_tokenizer().save_pretrained(path)
    write_marker(path, "plain")
    return path


def engine_of(path: Path, tmp_path: Path) -> Engine:
    return load_engine("transformers", path, cache_dir=tmp_path / "cache", threads=1)


def favourite(_profile: Profile, text: str) -> float:
    """A judge who likes «слово1»: its share of the words."""
    words = text.lower().split()
    return words.count("слово1") / len(words)


def test_a_model_against_itself_is_a_tie(parent_dir: Path, tmp_path: Path) -> None:
    engine = engine_of(parent_dir, tmp_path)
    pairs = [PairRow(1, 1, "слово0", "слово1", "слово2"), PairRow(2, 2, "слово0", "слово2", "слово1")]
    done: list[tuple[int, int]] = []
    result = evaluate(
        engine, engine, PROFILES, "plain", pairs, 5, 2, decoding=SHORT, judge=favourite,
        progress=lambda now, total: done.append((now, total)),
    )  # fmt: skip
    assert result.win_rate.estimate == 0.5
    assert result.win_rate.low <= 0.5 <= result.win_rate.high
    assert result.pair_accuracy is not None
    assert result.pair_accuracy.estimate == 0.5
    assert result.likelihood_accuracy == {"new": 0.5, "parent": 0.5}  # one order and its reverse
    assert result.new == result.parent
    assert result.new.counts.first_draws == 24
    assert result.new.raw_wrong_rate > 0.9  # a random model writes nothing but nonsense
    assert result.new.checked_wrong_rate > 0.5  # and what the check sees of it is not hidden
    assert done[-1] == (24, 24)
    again = evaluate(engine, engine, PROFILES, "plain", pairs, 5, 2, decoding=SHORT, judge=favourite)
    assert again == result


def test_a_model_that_learned_the_judges_taste_wins(parent_dir: Path, tmp_path: Path) -> None:
    examples = [Example(render(profile, "plain"), f"слово1 {word} слово1") for profile in PROFILES for word in WORDS]
    settings = SFTSettings(learning_rate=1e-2, epochs=4, batch=32, warmup_steps=0)
    learned = train_sft(parent_dir, examples, tmp_path / "new", settings).directory
    pairs = [PairRow(number, number, WORDS[number], "слово1 слово1 слово1", "слово9 слово8") for number in range(4)]
    new, parent = engine_of(learned, tmp_path), engine_of(parent_dir, tmp_path)
    result = evaluate(new, parent, PROFILES, "plain", pairs, 5, 4, decoding=SHORT, judge=favourite)
    assert result.win_rate.low > 0.6
    assert result.win_rate.clusters == 12
    assert result.pair_accuracy is not None
    assert result.pair_accuracy.estimate == 1.0
    assert result.new.mean_score > result.parent.mean_score
    back = evaluate(parent, new, PROFILES, "plain", pairs, 5, 4, decoding=SHORT, judge=favourite)
    assert back.win_rate.estimate == pytest.approx(1 - result.win_rate.estimate)
    assert result.to_dict()["win_rate"]["estimate"] == result.win_rate.estimate


def test_without_pairs_accuracy_is_null(parent_dir: Path, tmp_path: Path) -> None:
    engine = engine_of(parent_dir, tmp_path)
    result = evaluate(engine, engine, PROFILES[:2], "plain", [], 5, 1, decoding=SHORT, judge=favourite)
    assert result.pair_accuracy is None
    assert result.likelihood_accuracy is None
    with pytest.raises(TrainingDataError, match="expected held-out résumés"):
        evaluate(engine, engine, [], "plain", [], 5)


FIGURES = ModelFigures(
    raw_wrong_rate=0.02, checked_wrong_rate=0.002, mean_score=0.6, mean_characters=300, mean_tokens=26,
    distinctness=1.0, diversity=0.8, counts=Statistics(),
)  # fmt: skip
GOOD = Evaluation(
    resumes=300, samples_per_resume=4, seed=0, new=replace(FIGURES, raw_wrong_rate=0.03), parent=FIGURES,
    win_rate=Interval(0.6, 0.57, 0.63, 300), held_out_pairs=0, pair_accuracy=None, likelihood_accuracy=None,
)  # fmt: skip


def test_gate_lets_a_better_model_pass() -> None:
    assert gate(GOOD) == (True, [])
    assert [check.name for check in checks(GOOD)] == [
        "preferred", "raw facts", "checked facts", "length", "no collapse",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule", "found"),
    [
        ({"win_rate": Interval(0.53, 0.49, 0.57, 300)}, "preferred", "53.0% [49.0%, 57.0%]"),
        ({"new": replace(FIGURES, raw_wrong_rate=0.031)}, "raw facts", "3.10%"),
        ({"new": replace(FIGURES, checked_wrong_rate=0.003)}, "checked facts", "0.30%"),
        ({"new": replace(FIGURES, mean_characters=239)}, "length", "239 (-20%)"),
        ({"new": replace(FIGURES, mean_characters=361)}, "length", "361 (+20%)"),
        ({"new": replace(FIGURES, diversity=0.55)}, "no collapse", "0.550"),
    ],
)
def test_gate_says_which_rule_fails(change: dict[str, object], rule: str, found: str) -> None:
    passed, reasons = gate(replace(GOOD, **change))  # type: ignore[arg-type]
    assert not passed
    assert len(reasons) == 1
    assert reasons[0].startswith(f"{rule}: expected ")
    assert reasons[0].endswith(f"found {found}")
