"""What people see of a blind evaluation: the page, and a task of it."""

from __future__ import annotations

import random
import re
import secrets
from functools import cache
from importlib.resources import files
from typing import Any

from annotation.client import LabelStudioClient
from annotation.instruction import html
from annotation.project import Project, ensure_project_with
from annotation.project import label_config as ranking_page
from annotation.resume_view import resume_html
from resumes.schema import Profile

_STYLE = re.compile(r"<Style>.*?</Style>", re.DOTALL)


@cache
def label_config() -> str:
    """The page, with the looks of the ranking page."""
    own = (files("annotation.blind") / "label_config.xml").read_text(encoding="utf-8").strip()
    style = _STYLE.search(ranking_page())
    assert style is not None  # the ranking page has one
    return own.replace("<View>", f"<View>\n  {style[0]}", 1)


def ensure_project(client: LabelStudioClient, evaluation_id: int, overlap: int, key: str) -> Project:
    """The project of an evaluation, with its settings as they should be. ``key``: as for a round's project."""
    instruction = (files("annotation.blind") / "instruction.md").read_text(encoding="utf-8")
    return ensure_project_with(
        client,
        title=f"Слепое сравнение {evaluation_id}: «О себе»",
        description=f"Код сравнения: {key}",
        label_config=label_config(),
        expert_instruction=html(instruction),
        overlap=overlap,
    )


def model_is_left(seed: int, resume_id: int) -> bool:
    """On which side the text of the model stands: a coin thrown by the seed, anew for each résumé."""
    return random.Random(f"side:{seed}:{resume_id}").random() < 0.5


def task_data(profile: Profile, left: str, right: str) -> dict[str, Any]:
    """What Label Studio gets; nothing in it tells which text is whose."""
    return {
        "external_id": secrets.token_hex(12),
        "resume": resume_html(profile),
        "items": [{"title": "Вариант А", "body": left}, {"title": "Вариант Б", "body": right}],
    }
