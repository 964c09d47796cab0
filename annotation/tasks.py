"""What a Label Studio task of a round contains."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation.resume_view import resume_html
from resumes.schema import Profile

CANDIDATES = 4


@dataclass(frozen=True, slots=True)
class TaskContent:
    """A task before it is stored. ``shown_order[i]`` is the candidate behind ``data["items"][i]``."""

    external_id: str
    shown_order: list[int]
    data: dict[str, Any]


def build_task(profile: Profile, candidates: Sequence[tuple[int, str]], seed: str) -> TaskContent:
    """A task of ``candidates`` (id, text), shuffled by ``seed``.

    Ids in the task are random: neither they nor the order tell which candidate was sampled first or by which model.
    """
    shuffled = random.Random(seed).sample(list(candidates), len(candidates))
    external_id = secrets.token_hex(12)
    items = [
        {"id": secrets.token_hex(4), "title": f"Вариант {number}", "body": text}
        for number, (_, text) in enumerate(shuffled, start=1)
    ]
    data = {"external_id": external_id, "resume": resume_html(profile), "items": items}
    return TaskContent(external_id, [candidate for candidate, _ in shuffled], data)


def candidate_ids(data: Mapping[str, Any], shown_order: Sequence[int]) -> dict[str, int]:
    """Item id of a stored task → candidate id."""
    return {item["id"]: candidate for item, candidate in zip(data["items"], shown_order, strict=True)}
