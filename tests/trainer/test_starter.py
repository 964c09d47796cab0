"""The starter: its tokenizer, a tiny training run, the shipped files and what is measured of them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from resumes.corpus import about_text
from resumes.schema import Profile
from resumes.slots.facts import facts_of
from resumes.synthetic import generate_profiles
from resumes.text_format import render
from sampler.artifacts import ModelArtifact, starter_dir
from sampler.engines.base import Decoding, Sample
from sampler.engines.transformers import TransformersEngine
from trainer.error_rate import REDRAWS, error_rate, judge, sample_and_judge
from trainer.starter import TRAINING_RECORD, main, train_starter
from trainer.starter_data import training_pairs
from trainer.starter_tokenizer import SPECIAL_TOKENS, build_tokenizer, vocabulary
from trainer.starter_training import (
    Example,
    StarterSettings,
    batches,
    build_model,
    encode,
    learning_rate_at,
    losses,
)
from trainer.starter_validity import Validity

TINY = StarterSettings(steps=6, batch=8, texts=96, warmup_steps=2, average_steps=2, d_model=32, d_ff=32, layers=1)
CAPTION = "| résumés | n | texts | raw texts with any error |"


def test_every_word_and_slot_is_one_token_and_comes_back() -> None:
    tokenizer = build_tokenizer()
    raw = "мне <age:nomn> , живу <city:loct> . <готов:gndr> учиться новому ."

    ids = tokenizer(raw).input_ids

    assert len(ids) == len(raw.split()) + 1
    assert ids[-1] == tokenizer.eos_token_id
    assert tokenizer.decode(ids, skip_special_tokens=True) == raw
    assert tokenizer.unk_token_id not in ids


def test_vocabulary_has_no_holes_and_covers_input_and_output() -> None:
    tokens = vocabulary()

    assert len(set(tokens)) == len(tokens) == len(build_tokenizer())
    assert tokens[: len(SPECIAL_TOKENS)] == list(SPECIAL_TOKENS)
    for facts, raw in training_pairs(300, 5):
        assert set(facts.tokens) <= set(tokens)
        assert set(raw.split()) <= set(tokens)


def test_training_pairs_are_reproducible_and_varied() -> None:
    pairs = list(training_pairs(200, 1))

    assert pairs == list(training_pairs(200, 1))
    assert pairs != list(training_pairs(200, 2))
    assert len({raw for _, raw in pairs}) > 190


def test_batches_take_every_example_once_a_pass() -> None:
    examples = [Example([3], [index] * (1 + index % 7), 0) for index in range(96)]
    stream = batches(examples, TINY)

    first = [next(stream) for _ in range(12)]

    assert sorted(example.target[0] for batch in first for example in batch) == list(range(96))
    assert [next(stream) for _ in range(12)] != first


def test_learning_rate_rises_and_falls_to_zero() -> None:
    settings = StarterSettings(steps=100, warmup_steps=10, learning_rate=1.0)
    rates = [learning_rate_at(step, settings) for step in range(101)]

    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert rates[100] == pytest.approx(0.0)


def test_a_tiny_run_is_reproducible_and_moves_every_weight(tmp_path: Path) -> None:
    train_starter(tmp_path / "a", TINY)
    train_starter(tmp_path / "b", TINY)

    first, second = (load_file(tmp_path / name / "model.safetensors") for name in "ab")
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert ModelArtifact.open(tmp_path / "a").text_format == "slots"
    model = AutoModelForSeq2SeqLM.from_pretrained(tmp_path / "a")
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "a")
    assert model.config.vocab_size == len(tokenizer) == model.get_input_embeddings().weight.shape[0]
    record = json.loads((tmp_path / "a" / TRAINING_RECORD).read_text())
    assert record["settings"]["steps"] == TINY.steps
    torch.manual_seed(TINY.seed)
    fresh = build_model(build_tokenizer(), TINY).state_dict()
    assert [name for name in first if torch.equal(first[name], fresh[name])] == []


def test_encode_ends_both_sides() -> None:
    tokenizer = build_tokenizer()
    facts = facts_of(Profile(external_id="a", age=30))
    [example] = encode([(facts, "мне <age:nomn> .")], tokenizer)

    assert example.source[-1] == example.target[-1] == tokenizer.eos_token_id
    assert len(example.source) == len(facts.tokens) + 1
    assert len(example.target) == 4


def test_every_training_text_is_allowed_and_a_second_telling_is_not() -> None:
    tokenizer = build_tokenizer()
    ids = tokenizer.get_vocab()
    validity = Validity(ids, tokenizer.eos_token_id)
    for example in encode(training_pairs(300, 9), tokenizer):
        allowed = validity.allowed(example.target, example.possible)
        assert all(token in choices for token, choices in zip(example.target, allowed, strict=True))

    possible = validity.possible({"age:nomn", "city:loct"}, "other")
    target = [ids[token] for token in ["мне", "<age:nomn>", ".", "живу", "<city:loct>", ".", "</s>"]]
    allowed = validity.allowed(target, possible)
    assert tokenizer.eos_token_id not in allowed[0]
    assert {ids["мне"], ids["живу"], ids["проживаю"]} <= set(allowed[0])
    # «мне важно помогать» is for medicine, «мне интересна» needs a title
    assert set(allowed[1]) == {ids["<age:nomn>"]}
    assert ids["мне"] not in allowed[3]
    assert ids["живу"] in allowed[3]
    assert ids["живу"] not in allowed[6]
    assert tokenizer.eos_token_id in allowed[6]


def test_losses_are_cross_entropy_and_forbidden_mass() -> None:
    logits = torch.tensor([[[1.0, 0.0, -1.0], [0.0, 0.0, 0.0]]])
    labels = torch.tensor([[0, -100]])  # the second position is padding
    allowed = torch.tensor([[[True, True, False], [False, False, False]]])

    loss, invalid = losses(logits, labels, allowed)

    probabilities = torch.softmax(torch.tensor([1.0, 0.0, -1.0]), dim=0)
    assert loss.item() == pytest.approx(-probabilities[0].log().item())
    assert invalid.item() == pytest.approx(-(probabilities[0] + probabilities[1]).log().item())


def test_shipped_starter_is_small_and_made_by_this_code() -> None:
    directory = starter_dir()
    tokenizer = AutoTokenizer.from_pretrained(directory)

    assert (directory / "model.safetensors").stat().st_size <= 12_000_000
    assert tokenizer.get_vocab() == {token: index for index, token in enumerate(vocabulary())}
    assert ModelArtifact.open(directory).text_format == "slots"
    assert json.loads((directory / "config.json").read_text())["vocab_size"] == len(tokenizer)
    card = (directory / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert CAPTION in card
    assert "held-out synthetic | 300 |" in card


def test_shipped_starter_writes_faithful_and_different_texts() -> None:
    engine = TransformersEngine(starter_dir(), threads=1)
    profiles = list(generate_profiles(40, 77, vocabulary="heldout"))

    rate = error_rate(sample_and_judge(engine, profiles, "slots", Decoding(), seed=3))

    assert rate.texts == 40 * (1 + REDRAWS)
    assert rate.raw <= 0.05  # 160 texts of a model that the card measures at about 2 %
    assert rate.checked == 0
    assert rate.resumes_with_distinct_texts >= 39
    assert 20 < rate.mean_tokens < 60


def test_errors_are_counted_by_text_and_by_resume() -> None:
    profile = next(p for p in generate_profiles(50, 2) if p.age and "car:nomn" not in facts_of(p).values)
    good = Sample("мне <age:nomn> .", 3, -1.0)
    bad = Sample("есть <car:nomn> .", 3, -1.0)
    cut = Sample("мне <age:nomn> .", 3, -1.0, finished=False)

    judged = [[judge(profile, sample, "slots") for sample in samples] for samples in ([good, bad], [bad, cut])]
    rate = error_rate(judged)

    assert (rate.resumes, rate.texts, rate.raw_errors, rate.resumes_without_clean_text) == (2, 4, 3, 1)
    assert rate.raw == 0.75
    assert rate.checked == 0.5
    assert rate.kinds["car"] == 2
    assert rate.resumes_with_distinct_texts == 2


def test_real_file_that_cannot_be_read_is_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"external_id": "a"}\nnot json\n')

    assert main(["--measure-only", "--real", str(tmp_path / "none.jsonl")]) == 1
    assert main(["--measure-only", "--real", str(broken)]) == 1

    assert "line 2" in caplog.text


def test_model_input_does_not_depend_on_open_values() -> None:
    first = Profile(external_id="1", title="Бухгалтер", city="Казань", age=30)
    second = Profile(external_id="2", title="Бухгалтер", city="Пермь", age=54)

    assert render(first, "slots") == render(second, "slots")
    assert about_text(first, Random(1))[0] == about_text(second, Random(1))[0]
