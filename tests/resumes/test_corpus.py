"""The grammar: every text fits its résumé, reads as a whole, and there are many of them."""

from __future__ import annotations

import re
import statistics
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resumes.corpus import about_text
from resumes.corpus.grammar import compose, expand, fact_sentences, praise_sentences, wish_sentences, words
from resumes.corpus.templates import GROUP_PRAISE
from resumes.corpus.variation import random_facts, thinned
from resumes.faithfulness import check
from resumes.schema import Profile
from resumes.slots.facts import FEATURES, facts_of, presence_vocabulary
from resumes.slots.gendered import GENDERED
from resumes.slots.groups import GROUPS, OTHER
from resumes.slots.realise import realise_slots
from resumes.synthetic import generate_profiles
from resumes.text_format import realise

SEEDS = st.integers(0, 10**6)
JUNK = st.text(
    alphabet=st.sampled_from("абвгдеёжзийклмнопрстуфхцчшщъыьэюя ABCxyz019.,;:!?«»\"'()/-—\\|+#*\n\t"), min_size=1
).filter(lambda text: text.strip() != "")


@given(seed=SEEDS, choice=SEEDS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_corpus_text_is_faithful(seed: int, choice: int) -> None:
    [profile] = generate_profiles(1, seed, vocabulary="heldout" if seed % 2 else "train")

    raw, text = about_text(profile, Random(choice))

    assert realise(raw, profile, "slots").violations == []
    assert check(profile, text) == []


@given(
    title=st.none() | JUNK,
    city=st.none() | JUNK,
    skills=st.none() | st.lists(JUNK, max_size=5).map(tuple),
    position=st.none() | JUNK,
    company=st.none() | JUNK,
    choice=SEEDS,
)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_junk_fields_never_break_a_text(
    title: str | None,
    city: str | None,
    skills: tuple[str, ...] | None,
    position: str | None,
    company: str | None,
    choice: int,
) -> None:
    jobs = ({"position": position, "company": company, "start": "2020-01", "end": "2022-03"},)
    profile = Profile.model_validate(
        {"external_id": "x", "title": title, "city": city, "skills": skills, "experience": jobs}
    )

    raw, text = about_text(profile, Random(choice))

    assert realise(raw, profile, "slots").violations == []
    assert text.endswith(".")
    assert not re.search(r"\.\.|\s,|\s\.(?!\w)|  |\n", text)  # «Backend .NET» is a name


def test_texts_are_well_formed() -> None:
    rng = Random(1)
    for profile in generate_profiles(150, 4, vocabulary="heldout"):
        _, text = about_text(profile, rng)
        sentences = re.split(r"(?<=\.) (?=[А-ЯЁA-Z«1])", text)
        assert all(re.match(r"[А-ЯЁA-Z«1]", sentence) for sentence in sentences), text
        assert not re.search(r"\.\.|\s[,.]|  |\bг\. |более \d", text), text


def test_a_poor_resume_gets_different_honest_texts() -> None:
    profile = Profile(external_id="p", title="Data Science")

    texts = {about_text(profile, Random(seed))[1] for seed in range(200)}

    assert len(texts) > 150
    assert all("«Data Science»" in text for text in texts)


def test_an_empty_resume_gets_self_praise_only() -> None:
    profile = Profile(external_id="e")

    text = about_text(profile, Random(5))[1]

    assert len(text) > 20
    assert check(profile, text) == []


def test_full_resumes_get_texts_of_a_sensible_length() -> None:
    full = [p for p in generate_profiles(150, 6, vocabulary="heldout") if len(p.model_dump(exclude_none=True)) >= 11]
    lengths = [len(about_text(profile, Random(9))[1]) for profile in full]

    assert 200 <= statistics.median(lengths) <= 450


def test_unknown_gender_means_neutral_words() -> None:
    rng = Random(2)
    masculine_or_feminine = {form for forms in GENDERED.values() for form in forms}
    for profile in generate_profiles(100, 8, vocabulary="train"):
        neutral = profile.model_copy(update={"gender": None, "skills": None})
        words_used = set(re.findall(r"[а-яё]+", about_text(neutral, rng)[1].lower()))
        assert not words_used & masculine_or_feminine


def test_grammar_uses_only_slots_that_resumes_can_fill() -> None:
    possible = {slot for _, states in FEATURES for _, slots in states for slot in slots}
    possible |= {f"{word}:gndr" for word in GENDERED}
    sentences = [*fact_sentences(), *wish_sentences(), *(s for group in GROUPS for s in praise_sentences(group))]

    assert {slot for sentence in sentences for slot in sentence.slots} <= possible
    assert set(GROUP_PRAISE) == {*GROUPS, OTHER}


def test_every_fact_can_be_told_alone() -> None:
    # Otherwise a résumé could have a fact that compose() cannot place.
    for _, states in FEATURES:
        for state, slots in states:
            facts = {slot.split(":")[0] for slot in slots}
            told = [s for s in fact_sentences() if s.slots <= set(slots)]
            assert told or facts <= {"nowco", "pastco"}, (state, slots)


def test_varied_facts_stay_within_the_vocabulary() -> None:
    rng = Random(11)
    inputs, outputs = set(presence_vocabulary()), set(words())
    known = [facts_of(profile) for profile in generate_profiles(20, 3, vocabulary="train")]
    for index in range(400):
        facts = random_facts(rng) if index % 2 else thinned(rng.choice(known), rng)
        raw = compose(facts, rng)
        assert set(facts.tokens) <= inputs
        assert set(raw.split()) <= outputs
        assert realise_slots(raw, facts).violations == []


def test_expand_gives_every_choice() -> None:
    assert list(expand("{а|б} в {г|д}.")) == ["а в г.", "а в д.", "б в г.", "б в д."]
