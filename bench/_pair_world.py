"""A round of any number of rankings, 2 to 5 per task, put into PostgreSQL by COPY: what ``bench.pairs`` measures on.

Rankings follow a common taste with noise and ties. Texts are put together from sentences, about 450 characters each,
some of them common to the four texts of a résumé, as they are when one model writes about one person.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from db.session import Database

RANKINGS_PER_TASK = (2, 3, 4, 5)
ANNOTATORS = max(RANKINGS_PER_TASK)
_LINES = 20_000
_WORDS = (
    "внимательно", "веду", "учёт", "товара", "спокойно", "решаю", "споры", "помогаю", "коллегам", "уверенно", "кассой",
    "порядок", "опыт", "розница", "знаю", "склад", "приёмка", "отчёт", "договор", "график", "команда", "обучение",
    "ответственность", "клиент", "качество", "срок", "проект", "смена",
)  # fmt: skip


def make_round(database: Database, rankings: int, seed: int = 1) -> tuple[int, int]:
    """A round with at least ``rankings`` active rankings in a fresh database → (its id, how many they are)."""
    tasks = -(-rankings * len(RANKINGS_PER_TASK) // sum(RANKINGS_PER_TASK))
    rng = random.Random(seed)
    sentences = [" ".join(rng.choices(_WORDS, k=7)).capitalize() + "." for _ in range(400)]
    connection: Any = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        # Rows are consistent by construction: no need to check a million foreign keys.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_FRAME)
        _copy(cursor, "resume (id, source, external_id, profile, split, content_hash)", _resumes(tasks))
        columns = "id, sampling_run_id, resume_id, ordinal, model_input, raw_output, text, token_count"
        rows = _candidates(tasks, sentences, rng)
        _copy(cursor, f"candidate ({columns}, log_probability, seed, latency_ms)", rows)
        _copy(cursor, "ranking_task (id, round_id, resume_id, external_id, shown_order, data)", _tasks(tasks))
        columns = "ranking_task_id, annotator_id, label_studio_url, annotation_id"
        _copy(
            cursor,
            f'ranking ({columns}, "order", flags, submitted_at, status, raw)',
            _rankings(tasks, rng),
        )
        cursor.execute("SELECT count(*) FROM ranking")
        made = cursor.fetchone()[0]
        cursor.execute("ANALYZE; SET session_replication_role = origin")
        connection.commit()
    finally:
        connection.close()
    return 1, made


_FRAME = f"""
INSERT INTO model_version (id, name, method, text_format, artifact_uri, artifact_sha256)
VALUES (1, 'bench', 'starter', 'slots', 'file:///nowhere', '0');
INSERT INTO round (id, number, policy_model_id, state, overlap) VALUES (1, 1, 1, 'annotating', {ANNOTATORS});
INSERT INTO sampling_run (id, model_version_id, round_id, decoding, engine, seed) VALUES (1, 1, 1, '{{}}', '{{}}', 1);
INSERT INTO annotator (id, label_studio_url, label_studio_user_id, pseudonym)
SELECT n, 'bench', n, 'expert-' || n FROM generate_series(1, {ANNOTATORS}) AS n;
"""


def _resumes(tasks: int) -> Iterator[str]:
    for task in range(1, tasks + 1):
        yield f"{task}\tbench\tr{task}\t{{}}\ttrain\tr{task}\n"


def _candidates(tasks: int, sentences: list[str], rng: random.Random) -> Iterator[str]:
    for task in range(1, tasks + 1):
        common = rng.choices(sentences, k=3)
        for ordinal in range(4):
            text = " ".join(common[:2] + rng.choices(sentences, k=5) + common[2:])
            yield f"{4 * task + ordinal}\t1\t{task}\t{ordinal}\tinput\traw\t{text}\t60\t-40\t1\t10\n"


def _tasks(tasks: int) -> Iterator[str]:
    for task in range(1, tasks + 1):
        shown = ",".join(str(4 * task + ordinal) for ordinal in (2, 0, 3, 1))
        yield f"{task}\t1\t{task}\tt{task}\t{{{shown}}}\t{{}}\n"


def _rankings(tasks: int, rng: random.Random) -> Iterator[str]:
    number = 0
    for task in range(1, tasks + 1):
        taste = [rng.random() for _ in range(4)]
        for annotator in range(1, RANKINGS_PER_TASK[task % len(RANKINGS_PER_TASK)] + 1):
            number += 1
            # A grid of ten makes about every third ranking have a tie.
            places: dict[int, list[int]] = {}
            for ordinal, liking in enumerate(taste):
                places.setdefault(int(8 * (liking + rng.random())), []).append(4 * task + ordinal)
            order = [places[place] for place in sorted(places)]
            flags = [4 * task + 3] if rng.random() < 0.05 else []
            yield f"{task}\t{annotator}\tbench\t{number}\t{order}\t{flags}\t2026-01-05\tactive\t{{}}\n"


def _copy(cursor: Any, table: str, lines: Iterable[str]) -> None:
    rest = iter(lines)
    while chunk := "".join(islice(rest, _LINES)):
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(chunk))
