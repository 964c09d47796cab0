"""One task: what Label Studio has of it now against the rankings that are stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries
from annotation.ranking_errors import RankingError
from annotation.rankings import parse_ranking
from annotation.tasks import candidate_ids
from db.models import Annotator, Ranking, RankingTask

SKIPPED = "skipped"
DELETED = "deleted in Label Studio"
_STATE = ("status", "reason", "order", "flags", "comment", "lead_time", "submitted_at", "raw")


@dataclass
class Changes:
    """What a reconciliation did to rankings. ``skips`` are those seen, new or not."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    skips: int = 0


@dataclass
class TaskReconciler:
    """Brings the rankings of tasks in line with Label Studio, within one session and one page of tasks."""

    session: Session
    instance: str
    simulated_round: bool
    annotators: dict[int, Annotator] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    def apply(self, row: RankingTask, task: dict[str, Any], stored: list[Ranking]) -> None:
        """``task``: as ``remote_tasks.changed_tasks`` yields it; ``stored``: every ranking of ``row``, kept so."""
        # A doubled task has a set of annotations of its own: only that one may be missed here.
        mine = {item.annotation_id: item for item in stored if item.raw.get("task") == task["id"]}
        present = {item["id"]: _raw(item, task["id"]) for item in task["annotations"]}
        for ranking in mine.values():
            if ranking.annotation_id not in present:
                self.withdraw(ranking, DELETED)
        ranked = {item.annotator_id for item in stored if item.status == "active" and item not in mine.values()}
        wanted = [self._judge(row, task, raw, mine, ranked) for _, raw in sorted(present.items())]
        # Those that lose their place first: one active ranking per annotator and task at any moment.
        for state in sorted((state for state in wanted if state), key=lambda state: state["status"] == "active"):
            self._store(row, mine.get(state["raw"]["id"]), state, stored)
            self.session.flush()
        row.task_updated_at = _time(task["updated_at"])

    def withdraw(self, ranking: Ranking, reason: str) -> None:
        """Takes a ranking out of use; its former state goes into its history."""
        if ranking.status == "withdrawn":
            return
        _keep_history(ranking)
        ranking.status, ranking.reason = "withdrawn", reason
        self.changes.withdrawn += 1
        self.session.flush()

    def _judge(
        self,
        row: RankingTask,
        task: dict[str, Any],
        raw: dict[str, Any],
        stored: dict[int, Ranking],
        ranked: set[int],
    ) -> dict[str, Any] | None:
        """The state that a ranking should have; None for an annotation of nobody that was never stored."""
        annotator = self._annotator(raw, stored.get(raw["id"]))
        if annotator is None:
            return None
        state: dict[str, Any] = {
            "annotator_id": annotator.id,
            "simulated": annotator.simulated or self.simulated_round,
            "lead_time": raw.get("lead_time"),
            "submitted_at": _time(raw["created_at"]),
            "raw": raw,
            "order": None,
            "flags": [],
            "comment": None,
            "reason": None,
        }
        if raw.get("was_cancelled"):
            self.changes.skips += 1
            return {**state, "status": "withdrawn", "reason": SKIPPED}
        if annotator.simulated and not self.simulated_round:
            return {**state, "status": "rejected", "reason": "simulated: a scripted annotator ranked in a real round"}
        if task["data"].get("items") != row.data["items"]:
            return {**state, "status": "rejected", "reason": "task_changed: the task was edited in Label Studio"}
        try:
            ranking = parse_ranking(raw, {"data": row.data})
        except RankingError as error:
            return {**state, "status": "rejected", "reason": f"{error.reason}: {error}"}
        if annotator.id in ranked:
            reason = "duplicate: this person has ranked this task before"
            return {**state, "status": "rejected", "reason": reason}
        ranked.add(annotator.id)
        ids = candidate_ids(row.data, row.shown_order)
        return {
            **state,
            "status": "active",
            "order": [[ids[item] for item in group] for group in ranking.order],
            "flags": [ids[item] for item in ranking.flags],
            "comment": ranking.comment,
        }

    def _annotator(self, raw: dict[str, Any], stored: Ranking | None) -> Annotator | None:
        user_id = raw.get("completed_by")
        if user_id is None:  # the account was deleted
            return self.session.get(Annotator, stored.annotator_id) if stored else None
        if user_id not in self.annotators:
            self.annotators[user_id] = queries.upsert_annotator(self.session, self.instance, user_id)
        return self.annotators[user_id]

    def _store(self, row: RankingTask, ranking: Ranking | None, state: dict[str, Any], stored: list[Ranking]) -> None:
        if ranking is None:
            known = {"ranking_task_id": row.id, "label_studio_url": self.instance, "annotation_id": state["raw"]["id"]}
            stored.append(Ranking(**known, **state))
            self.session.add(stored[-1])
            self.changes.added += 1
            return
        if all(getattr(ranking, name) == value for name, value in state.items()):
            self.changes.unchanged += 1
            return
        was_active = ranking.status == "active"
        _keep_history(ranking)
        for name, value in state.items():
            setattr(ranking, name, value)
        if was_active and state["status"] == "withdrawn":
            self.changes.withdrawn += 1
        else:
            self.changes.changed += 1


def _keep_history(ranking: Ranking) -> None:
    former = {name: getattr(ranking, name) for name in _STATE}
    former["submitted_at"] = ranking.submitted_at.isoformat()
    former["until"] = dt.datetime.now(dt.UTC).isoformat()
    ranking.history = [*ranking.history, former]


def _raw(annotation: dict[str, Any], task_id: int) -> dict[str, Any]:
    """The annotation as Label Studio gives it, with its task, and with its author as a number only."""
    author = annotation.get("completed_by")
    return {**annotation, "completed_by": author["id"] if isinstance(author, dict) else author, "task": task_id}


def _time(value: str) -> dt.datetime:
    return dt.datetime.fromisoformat(value)
