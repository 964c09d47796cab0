"""Pairs → a file in TRL's preference format: one row per pair, the raw texts that the model read and wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from annotation import pair_queries as queries
from db.errors import InvalidInputError
from db.models import Round

FORMATS = (".parquet", ".jsonl")
BATCH = 2000
"""Pairs read and written at a time."""


class ExportError(InvalidInputError):
    """The file to write has an unknown ending, or cannot be written."""

    title = "Export failed"


def export_rows(session: Session, round_: Round) -> Iterator[dict[str, Any]]:
    """A row per pair of the round: ``prompt, chosen, rejected`` and ``pair_id, ranking_ids, resume_id, round, weight,
    annotators, strategy, model_version``; ``annotators`` are the pseudonyms behind ``ranking_ids``, in their order.

    They come from a server-side cursor, so take them while ``session`` is open.
    """
    for batch in queries.pair_rows(session, round_.id, BATCH):
        who = queries.pseudonyms(session, sorted({ranking for row in batch for ranking in row.ranking_ids}))
        for row in batch:
            yield {
                "prompt": row.prompt,
                "chosen": row.chosen,
                "rejected": row.rejected,
                "pair_id": row.pair_id,
                "ranking_ids": list(row.ranking_ids),
                "resume_id": row.resume_id,
                "round": round_.number,
                "weight": row.weight,
                "annotators": [who[ranking] for ranking in row.ranking_ids if ranking in who],
                "strategy": row.strategy,
                "model_version": row.model_version,
            }


def check_format(path: Path) -> None:
    """The ending of ``path`` tells the format.

    Raises:
        ExportError: neither ``.parquet`` nor ``.jsonl``.
    """
    if path.suffix not in FORMATS:
        raise ExportError(f"expected a file ending in {' or '.join(FORMATS)}, found {path.name!r}")


def write_rows(rows: Iterable[dict[str, Any]], path: Path) -> None:
    """Writes ``rows`` to ``path`` whole or not at all.

    Raises:
        ExportError: unknown ending, or the file cannot be written.
    """
    check_format(path)
    write = _write_parquet if path.suffix == ".parquet" else _write_jsonl
    with _replacing(path) as temporary:
        write(rows, temporary)


def write_text(text: str, path: Path) -> None:
    """Writes ``text`` to ``path`` whole or not at all.

    Raises:
        ExportError: the file cannot be written.
    """
    with _replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its place at the end of the block, unless the block fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise ExportError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_jsonl(rows: Iterable[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _write_parquet(rows: Iterable[dict[str, Any]], path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema(
        {
            "prompt": pa.string(),
            "chosen": pa.string(),
            "rejected": pa.string(),
            "pair_id": pa.int64(),
            "ranking_ids": pa.list_(pa.int64()),
            "resume_id": pa.int64(),
            "round": pa.int64(),
            "weight": pa.float64(),
            "annotators": pa.list_(pa.string()),
            "strategy": pa.string(),
            "model_version": pa.string(),
        }
    )
    rest = iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:  # type: ignore[no-untyped-call]
        while batch := list(islice(rest, BATCH)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))
