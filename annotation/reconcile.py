"""A page of tasks: what Label Studio has of them now against the rankings that are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries, sync_queries
from annotation.ranking_errors import RankingError
from annotation.rankings import SECONDS_PER_CHARACTER, parse_ranking, parse_skip, require_read
from annotation.sync_queries import DELETED, RETURNED, RETURNING, SKIPPED, TaskRow, gone
from annotation.tasks import candidate_ids
from db.models import Annotator, Ranking

_STATE = ("status", "reason", "order", "flags", "comment", "lead_time", "submitted_at", "raw")

State = dict[str, Any]


@dataclass
class Changes:
    """What a reconciliation did to rankings. ``skips`` are those seen, new or not."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    skips: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a round makes of submissions. ``seconds_per_character``: of reading, at least; 0 turns that rule off."""

    simulated: bool = False
    seconds_per_character: float = SECONDS_PER_CHARACTER


@dataclass
class PageReconciler:
    """Brings the rankings of a page of tasks in line with Label Studio, within one session.

    Tasks are judged one by one (:meth:`apply`); :meth:`flush` then writes the whole page: first whatever takes an
    active ranking away, so that an annotator has one per task at any moment, then the rest. ``now`` is the database's
    time; no clock of this machine is read.
    """

    session: Session
    instance: str
    rules: Rules
    now: dt.datetime
    annotators: dict[int, Annotator] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)
    _added: list[Ranking] = field(default_factory=list)
    _changed: list[tuple[Ranking, State]] = field(default_factory=list)
    _stamps: dict[int, dt.datetime] = field(default_factory=dict)
    _rows: set[int] = field(default_factory=set)

    def apply(self, row: TaskRow, task: Mapping[str, Any], stored: list[Ranking]) -> None:
        """``task``: as ``remote_tasks.changed_tasks`` yields it; ``stored``: every ranking of ``row``; kept up to date.

        A task comes once per page; one that got into Label Studio twice has two sets of annotations of the same row.
        """
        if row.id in self._rows:
            self.flush()  # the judgement of the second set needs the outcome of the first
        self._rows.add(row.id)
        mine = {item.annotation_id: item for item in stored if item.raw.get("task") == task["id"]}
        present = {item["id"]: _raw(item, task["id"]) for item in task["annotations"]}
        for ranking in mine.values():
            if ranking.annotation_id not in present:
                self.withdraw(ranking, DELETED)
        ranked = {item.annotator_id for item in stored if item.status == "active" and item.annotation_id not in mine}
        for annotation_id, raw in sorted(present.items()):
            known = mine.get(annotation_id)
            if known is not None and _is_being_returned(known, raw):
                self.changes.unchanged += 1
                continue
            state = self._judge(row, task, raw, known, ranked)
            if state is not None:
                self._take(row, known, state, stored)
        if row.task_id == task["id"]:
            self._stamps[row.id] = _time(task["updated_at"])

    def withdraw(self, ranking: Ranking, reason: str) -> None:
        """Takes a ranking out of use; its former state goes into its history. One that is gone stays as it is."""
        if gone(ranking):
            return
        former = ranking.reason or ""
        if ranking.status == "withdrawn" and former.startswith(RETURNING):
            # Whoever was sending it back did not live to note that it had worked.
            ranking.reason = RETURNED + former.removeprefix(RETURNING)
            return
        if ranking.status != "withdrawn":
            self.changes.withdrawn += 1
        keep_history(ranking, self.now)
        ranking.status, ranking.reason = "withdrawn", reason

    def flush(self) -> None:
        """Writes what :meth:`apply` and :meth:`withdraw` found."""
        for ranking, state in self._changed:
            keep_history(ranking, self.now)
            if ranking.status == "active" and not _stays_active(ranking, state):
                ranking.status = "withdrawn"
        self.session.flush()
        for ranking, state in self._changed:
            _set(ranking, state)
        self.session.flush()
        sync_queries.add_rankings(self.session, [_row(ranking) for ranking in self._added])
        sync_queries.store_stamps(self.session, self._stamps)
        self._added, self._changed, self._stamps, self._rows = [], [], {}, set()

    def _judge(
        self, row: TaskRow, task: Mapping[str, Any], raw: dict[str, Any], stored: Ranking | None, ranked: set[int]
    ) -> State | None:
        """The state that a ranking should have; None for an annotation of nobody that was never stored."""
        annotator = self._annotator(raw, stored)
        if annotator is None:
            return None
        state: State = {
            "annotator_id": annotator.id,
            "simulated": annotator.simulated or self.rules.simulated,
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
            skip = parse_skip(raw)
            reason = f"{SKIPPED}: {skip.reason}" if skip.reason else SKIPPED
            return {**state, "status": "withdrawn", "reason": reason, "comment": skip.comment}
        if annotator.simulated and not self.rules.simulated:
            return {**state, "status": "rejected", "reason": "simulated: a scripted annotator ranked in a real round"}
        if task["data"].get("items") != row.items:
            return {**state, "status": "rejected", "reason": "task_changed: the task was edited in Label Studio"}
        try:
            ranking = parse_ranking(raw, {"data": {"items": row.items}})
            if annotator.id in ranked:
                reason = "duplicate: this person has ranked this task before"
                return {**state, "status": "rejected", "reason": reason}
            if not annotator.simulated:  # scripts do not read
                require_read(ranking.lead_time, _characters(row), self.rules.seconds_per_character)
        except RankingError as error:
            return {**state, "status": "rejected", "reason": f"{error.reason}: {error}"}
        ranked.add(annotator.id)
        ids = candidate_ids({"items": row.items}, row.shown_order)
        return {
            **state,
            "status": "active",
            "order": [[ids[item] for item in group] for group in ranking.order],
            "flags": [ids[item] for item in ranking.flags],
            "comment": ranking.comment,
        }

    def _annotator(self, raw: Mapping[str, Any], stored: Ranking | None) -> Annotator | None:
        user_id = raw.get("completed_by")
        if user_id is None:  # the account was deleted
            return self.session.get(Annotator, stored.annotator_id) if stored else None
        if user_id not in self.annotators:
            self.annotators[user_id] = queries.upsert_annotator(self.session, self.instance, user_id)
        return self.annotators[user_id]

    def _take(self, row: TaskRow, ranking: Ranking | None, state: State, stored: list[Ranking]) -> None:
        if ranking is None:
            known = {"ranking_task_id": row.id, "label_studio_url": self.instance, "annotation_id": state["raw"]["id"]}
            stored.append(Ranking(**known, **state))
            self._added.append(stored[-1])
            self.changes.added += 1
        elif all(getattr(ranking, name) == value for name, value in state.items()):
            self.changes.unchanged += 1
        else:
            self._changed.append((ranking, state))
            if ranking.status == "active" and state["status"] == "withdrawn":
                self.changes.withdrawn += 1
            else:
                self.changes.changed += 1


def _is_being_returned(ranking: Ranking, raw: Mapping[str, Any]) -> bool:
    """Unless its author has changed it meanwhile: then it is judged anew."""
    reason = ranking.reason or ""
    return ranking.status == "withdrawn" and reason.startswith(RETURNING) and ranking.raw == raw


def _stays_active(ranking: Ranking, state: State) -> bool:
    return bool(state["status"] == "active" and state["annotator_id"] == ranking.annotator_id)


def _set(ranking: Ranking, state: State) -> None:
    for name, value in state.items():
        setattr(ranking, name, value)


def _row(ranking: Ranking) -> dict[str, Any]:
    names = ("ranking_task_id", "label_studio_url", "annotation_id", "annotator_id", "simulated", *_STATE)
    return {name: getattr(ranking, name) for name in names}


def keep_history(ranking: Ranking, now: dt.datetime) -> None:
    """Adds the state of a ranking, which is about to change, to its history."""
    former = {name: getattr(ranking, name) for name in _STATE}
    former["submitted_at"] = ranking.submitted_at.isoformat()
    former["until"] = now.isoformat()
    ranking.history = [*ranking.history, former]


def _characters(row: TaskRow) -> int:
    return sum(len(str(item.get("body") or "")) for item in row.items)


def _raw(annotation: Mapping[str, Any], task_id: int) -> dict[str, Any]:
    """The annotation as Label Studio gives it, with its task, and with its author as a number only."""
    author = annotation.get("completed_by")
    return {**annotation, "completed_by": author["id"] if isinstance(author, dict) else author, "task": task_id}


def _time(value: str) -> dt.datetime:
    return dt.datetime.fromisoformat(value)
