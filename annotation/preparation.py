"""Rows of the tasks of a round, written before anything is sent: regular ones, gold ones and repetitions.

Each step adds what is still missing, so it can be killed and run again, and runs again when more is sampled.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import Any

from annotation import preparation_queries as queries
from annotation.gold import Text, foreign_texts, gold_task, repeat_task, shown_texts
from annotation.queries import Rankable, add_tasks, count_tasks, get_round, rankable
from annotation.queue_order import repeatable
from annotation.remote_tasks import ahead
from annotation.tasks import CANDIDATES, TaskContent, build_task
from db.errors import ConflictError
from db.models import Round
from db.session import Database
from resumes.schema import Profile

BATCH = 500
GOLD_BATCH = 50


def prepare(database: Database, round_id: int) -> None:
    """Writes the rows of tasks that the round does not have yet.

    Raises:
        NotFoundError: there is no such round.
        ConflictError: the round is over, has no candidates yet, or chooses among candidates that are not all there.
    """
    with database.session() as session:
        round_ = get_round(session, round_id)
    if round_.state not in ("sampling", "annotating"):
        raise ConflictError(f"Expected round {round_.number} to be sampling or annotating, found it {round_.state}")
    if round_.config.get("select", "random") == "active":
        _chosen_tasks(database, round_)
    else:
        _regular_tasks(database, round_)
    with database.session() as session:
        if count_tasks(session, round_id) == 0:
            raise ConflictError(
                f"Expected candidates for round {round_.number}, found no résumé with {CANDIDATES} of them; "
                f"run `raisontext sample --round {round_.number}` first"
            )
    _gold_tasks(database, round_)
    _repeat_tasks(database, round_)


def round_seed(round_: Round) -> str:
    """What all draws of a round start from."""
    return f"{round_.config.get('seed', 0)}:{round_.number}"


def _regular_tasks(database: Database, round_: Round) -> None:
    """While one batch is being built, the next is being read and the last one written."""
    with closing(ahead(_batches(database, round_.id))) as batches, ThreadPoolExecutor(1) as writer:
        writing: Future[None] | None = None
        for found in batches:
            rows = [_regular(round_, item) for item in found]
            if writing is not None:
                writing.result()
            writing = writer.submit(_write, database, rows)
        if writing is not None:
            writing.result()


def _batches(database: Database, round_id: int) -> Iterator[list[Rankable]]:
    last = 0
    while True:
        with database.session() as session:
            found = rankable(session, round_id, BATCH, after=last)
        if not found:
            return
        last = found[-1].resume_id
        yield found


def _write(database: Database, rows: Sequence[Mapping[str, Any]]) -> None:
    with database.session() as session:
        add_tasks(session, rows)


def _chosen_tasks(database: Database, round_: Round) -> None:
    """Tasks of the chosen résumés, all at once: a choice that is half stored could not be made again."""
    from annotation.selection import choose

    with database.session() as session:
        if count_tasks(session, round_.id) > 0:
            return
        waiting = queries.count_unsampled(session, round_.id)
        if waiting:
            raise ConflictError(
                f"Expected round {round_.number} to choose among all its candidates, found {waiting} résumés still to "
                f"be sampled; run `raisontext sample --round {round_.number}` first"
            )
        config = round_.config
        chosen = choose(
            session,
            round_.id,
            wanted=int(config["resumes"]),
            seed=int(config.get("seed", 0)),
            control_share=float(config.get("control_share", 0.2)),
        )
        found = rankable(session, round_.id, None, resume_ids=chosen)
        add_tasks(session, [{**_regular(round_, item), "selection": chosen[item.resume_id]} for item in found])


def _regular(round_: Round, item: Any) -> dict[str, Any]:
    profile = Profile.model_validate(item.profile)
    content = build_task(profile, item.candidates, f"{round_seed(round_)}:{item.resume_id}")
    return _row(round_, item.resume_id, content, kind="regular")


def _row(round_: Round, resume_id: int, content: TaskContent, **more: object) -> dict[str, Any]:
    return {
        "round_id": round_.id,
        "resume_id": resume_id,
        "external_id": content.external_id,
        "shown_order": content.shown_order,
        "data": content.data,
        **more,
    }


def _gold_tasks(database: Database, round_: Round) -> None:
    """Gold tasks up to the round's share of its regular ones; fewer where no plain ones can be made."""
    with database.session() as session:
        wanted = _wanted(queries.regular_tasks(session, round_.id), round_.config.get("gold_share"))
        missing = wanted - count_tasks(session, round_.id, kind="gold")
        if missing <= 0:
            return
        resumes = queries.resumes_without_gold(session, round_.id)
        texts: dict[int, list[Text]] = defaultdict(list)
        for candidate_id, resume_id, text in queries.clean_candidates(session, round_.id):
            texts[resume_id].append(Text(candidate_id, resume_id, text))
    made = _gold_rows(round_, resumes, texts, missing)
    while rows := list(islice(made, GOLD_BATCH)):
        with database.session() as session:
            add_tasks(session, rows)


def _gold_rows(
    round_: Round, resumes: Mapping[int, dict[str, Any]], texts: Mapping[int, Sequence[Text]], count: int
) -> Iterator[dict[str, Any]]:
    seed = f"{round_seed(round_)}:gold"
    for resume_id in _shuffled(list(resumes), seed):
        if count == 0:
            return
        profile = Profile.model_validate(resumes[resume_id])
        own_seed = f"{seed}:{resume_id}"
        own = random.Random(f"own:{own_seed}").sample(texts.get(resume_id, ()), len(texts.get(resume_id, ())))
        made = gold_task(profile, own, foreign_texts(texts, resume_id, own_seed), own_seed)
        if made is not None:
            count -= 1
            yield _row(round_, resume_id, made.content, kind="gold", known_order=made.order, known_flags=made.flags)


def _repeat_tasks(database: Database, round_: Round) -> None:
    """Repetitions up to the round's share of its regular tasks, of tasks that leave room in the queue behind them."""
    seed = f"{round_seed(round_)}:repeat"
    with database.session() as session:
        regular = queries.regular_tasks(session, round_.id)
        wanted = min(_wanted(regular, round_.config.get("repeat_share")), repeatable(len(regular)))
        missing = wanted - count_tasks(session, round_.id, kind="repeat")
        if missing <= 0:
            return
        repeated = queries.repeated_tasks(session, round_.id)
        open_ = [task_id for task_id in regular[: repeatable(len(regular))] if task_id not in repeated]
        rows = []
        for task, profile in queries.tasks_with_profiles(session, _shuffled(open_, seed)[:missing]):
            shown = shown_texts(task.data, task.shown_order)
            content = repeat_task(Profile.model_validate(profile), shown, f"{seed}:{task.id}")
            rows.append(_row(round_, task.resume_id, content, kind="repeat", original_id=task.id))
        add_tasks(session, rows)


def _wanted(regular: Sequence[int], share: object) -> int:
    return round(len(regular) * float(str(share or 0.0)))


def _shuffled(ids: Sequence[int], seed: str) -> list[int]:
    """An order that the seed decides for each id by itself: more ids later do not mix it up."""
    return sorted(ids, key=lambda id_: random.Random(f"{seed}:{id_}").random())
