"""Label Studio annotation → verdict."""

from __future__ import annotations

from typing import Any

import pytest

from annotation.blind.page import label_config, model_is_left, task_data
from annotation.blind.simulated import page_results, verdict
from annotation.blind.verdicts import VERDICTS, parse_verdict
from annotation.ranking_errors import RankingError
from annotation.simulated import Taste
from resumes.schema import Profile
from tests.annotation.factories import PROFILE, TEXTS


def choice(*values: str, name: str = "verdict") -> dict[str, Any]:
    return {"from_name": name, "to_name": "resume", "type": "choices", "value": {"choices": list(values)}}


@pytest.mark.parametrize(("word", "side"), VERDICTS.items())
def test_each_choice_of_the_page_is_a_verdict(word: str, side: str) -> None:
    assert f'<Choice value="{word}"' in label_config()
    comment = {"from_name": "comment", "to_name": "resume", "type": "textarea", "value": {"text": ["потому что"]}}

    found = parse_verdict({"result": [choice(word), comment], "lead_time": 12.5})

    assert (found.side, found.comment, found.lead_time) == (side, "потому что", 12.5)


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"result": []}, "untouched"),
        ({"result": [choice("другое", name="skip_reason")]}, "untouched"),
        ({"result": [choice("А лучше"), choice("Б лучше")]}, "ambiguous"),
        ({"result": [choice("А лучше", "Б лучше")]}, "ambiguous"),
        ({"result": [choice()]}, "missing_value"),
        ({"result": [choice("A лучше")]}, "foreign_item"),  # a Latin A
        ({"result": None}, "malformed"),
        ({"result": ["А лучше"]}, "malformed"),
        ({"result": [choice("А лучше")], "was_cancelled": True}, "skipped"),
    ],
)
def test_what_is_no_verdict_says_why(annotation: dict[str, Any], reason: str) -> None:
    with pytest.raises(RankingError) as caught:
        parse_verdict(annotation)
    assert caught.value.reason == reason


def test_sides_are_shuffled_by_the_seed() -> None:
    left = [model_is_left(seed, resume) for seed in range(20) for resume in range(20)]

    assert 160 <= sum(left) <= 240  # 400 throws: five standard deviations
    assert left == [model_is_left(seed, resume) for seed in range(20) for resume in range(20)]


def test_a_task_does_not_tell_whose_text_is_where() -> None:
    profile = Profile.model_validate({"external_id": "secret-7", **PROFILE})

    data = task_data(profile, "левый", "правый")

    assert [item["body"] for item in data["items"]] == ["левый", "правый"]
    assert data.keys() == {"external_id", "resume", "items"}
    assert "secret-7" not in str(data)


def test_a_scripted_voter_prefers_the_same_text_on_either_side() -> None:
    profile = Profile.model_validate({"external_id": "r1", **PROFILE})
    taste = Taste.of("scripted", 1)
    poor = "Ищу работу."

    sides = [verdict(profile, texts, taste, 1) for texts in ([TEXTS[0], poor], [poor, TEXTS[0]])]

    assert sides == ["left", "right"]
    assert parse_verdict({"result": page_results("right")}).side == "right"
