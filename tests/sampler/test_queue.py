"""The queue of a run: filled inside the database, in an order by the seed, and fast to claim from at any length."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from db.models import Candidate, Resume, SamplingItem, SamplingRun, SamplingShard
from db.session import Database
from resumes.queries import shuffled_ids, shuffled_resumes
from sampler import shard_queries
from sampler.runs import load_task
from sampler.shards import claim_shard
from tests.sampler.rows import add_resumes
from tests.sampler.run_setting import SHARD, SHORT, Setting

MANY = 40_000


def queue(database: Database, run_id: int) -> list[int]:
    with database.session() as session:
        query = select(SamplingItem.resume_id).where(SamplingItem.run_id == run_id).order_by(SamplingItem.position)
        return list(session.scalars(query))


def add_many(session: Session, count: int) -> None:
    session.execute(
        text(
            "INSERT INTO resume (source, external_id, profile, split, content_hash)"
            " SELECT 'many', 'many-' || n, jsonb_build_object('external_id', 'many-' || n, 'title', 'Повар'),"
            " 'train', ''"
            " FROM generate_series(1, :count) AS n"
        ),
        {"count": count},
    )


def test_the_order_is_that_of_the_query(setting: Setting) -> None:
    resume_ids = add_resumes(setting.database, 10)[::-1]
    run_id = setting.start(resume_ids)
    assert queue(setting.database, run_id) == resume_ids
    with setting.database.session() as session:
        assert session.get_one(SamplingRun, run_id).total == 10
        numbers = select(SamplingShard.number).where(SamplingShard.run_id == run_id)
        assert sorted(session.scalars(numbers)) == [0, 1, 2]


def test_the_seed_decides_the_order(setting: Setting) -> None:
    add_resumes(setting.database, 30)
    queues = []
    for seed in (1, 1, 2):
        with setting.database.session() as session:
            run = SamplingRun(model_version_id=setting.model_id, decoding={}, engine={}, seed=seed)
            session.add(run)
            session.flush()
            assert shard_queries.fill_queue(session, run.id, shuffled_ids(20, seed), SHARD) == 20
            expected = [resume.id for resume in shuffled_resumes(session, 20, seed)]
        queues.append(queue(setting.database, run.id))
        assert queues[-1] == expected
    assert queues[0] == queues[1] != queues[2]


def test_an_empty_queue_is_a_run_that_is_done(setting: Setting) -> None:
    run_id = setting.start([])
    with setting.database.session() as session:
        assert shard_queries.count_open(session, run_id) == 0
        assert shard_queries.finish_run(session, run_id)


def test_claims_read_a_few_rows_of_an_index(setting: Setting) -> None:
    """Of two long queues whose first halves are done, as the planner and its counters see them."""
    with setting.database.session() as session:
        add_many(session, MANY)
    for _ in range(2):
        with setting.database.session() as session:
            ids = list(session.scalars(select(Resume.id)))
        run_id = setting.start(ids)
        with setting.database.session() as session:
            half = {"run_id": run_id, "half": MANY // 2, "shard": MANY // 2 // SHARD}
            session.execute(
                text("UPDATE sampling_item SET outcome = 'short' WHERE run_id = :run_id AND position < :half"), half
            )
            session.execute(
                text("UPDATE sampling_shard SET state = 'done' WHERE run_id = :run_id AND number < :shard"), half
            )
    task = load_task(setting.database, run_id, setting.engine)
    claimed = claim_shard(setting.database, task, "worker", SHORT)
    assert claimed is not None
    assert (claimed[0].number, len(claimed[1])) == (MANY // 2 // SHARD, SHARD)
    with setting.database.session() as session:
        head = explained(session, shard_queries.free_shard(run_id))
        items = explained(session, shard_queries.shard_rows(claimed[0], SHARD))
    assert {"ix_sampling_shard_open"} == indexes(head)
    assert {"ix_sampling_item_open", "pk_resume"} == indexes(items)
    assert all(node["Actual Rows"] <= SHARD for plan in (head, items) for node in nodes(plan))


def test_filling_a_long_queue_needs_no_memory_here(setting: Setting) -> None:
    with setting.database.session() as session:
        add_many(session, MANY)
    peaks = []
    for count in (MANY // 100, MANY):
        tracemalloc.start()
        with setting.database.session() as session:
            run = SamplingRun(model_version_id=setting.model_id, decoding={}, engine={}, seed=0)
            session.add(run)
            session.flush()
            assert shard_queries.fill_queue(session, run.id, shuffled_ids(count, 0), SHARD) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 200_000


def test_texts_of_any_characters_are_stored_as_they_are(setting: Setting) -> None:
    (resume_id,) = add_resumes(setting.database, 1)
    run_id = setting.start([resume_id])
    texts = ["tab\there\nline\r\n", r"back\\slash \N \. \x41", "«ёлка» ✓ 😀", "zero\0byte"]
    found = [{"kind": "age", "span": [0, 3], "text": 'a "quote"\n\\', "expected": None}]
    with setting.database.session() as session:
        rows = [
            (run_id, resume_id, ordinal, text_, text_, text_, 3, -1.5, 2**62, None, found * ordinal, 0.25)
            for ordinal, text_ in enumerate(texts)
        ]
        shard_queries.copy_candidates(session, rows)
    with setting.database.session() as session:
        stored = session.scalars(select(Candidate).order_by(Candidate.ordinal)).all()
        assert [row.text for row in stored] == [*texts[:3], "zero\ufffdbyte"]
        assert [row.raw_output for row in stored] == [row.model_input for row in stored] == [row.text for row in stored]
        assert [row.violations for row in stored] == [found * ordinal for ordinal in range(4)]
        assert [(row.seed, row.temperature, row.log_probability, row.latency_ms) for row in stored] == [
            (2**62, None, -1.5, 0.25)
        ] * 4


def explained(session: Session, query: Any) -> dict[str, Any]:
    """The plan of a query, executed."""
    sql = query.compile(dialect=postgresql.psycopg2.dialect(), compile_kwargs={"literal_binds": True})
    found = session.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {str(sql).replace(':', chr(92) + ':')}")).scalar_one()
    plans = found if isinstance(found, list) else json.loads(found)
    plan: dict[str, Any] = plans[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan node with all below it."""
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


def indexes(plan: dict[str, Any]) -> set[str]:
    """Indices of the queue and of résumés that a plan uses; one that scans a table has none of it."""
    assert not [
        node for node in nodes(plan) if node["Node Type"] == "Seq Scan" and node["Relation Name"] != "sampling_run"
    ]
    return {node["Index Name"] for node in nodes(plan) if "Index Name" in node} - {"pk_sampling_run"}
