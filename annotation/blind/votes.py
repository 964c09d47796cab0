"""One task of a blind evaluation: what Label Studio has of it now against the votes that are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from annotation import queries as people
from annotation.blind.verdicts import Side, parse_verdict
from annotation.ranking_errors import RankingError
from annotation.rankings import parse_skip, require_read
from db.models import Annotator, BlindTask, BlindVote

DELETED = "deleted in Label Studio"
_STATE = ("annotator_id", "status", "reason", "verdict", "comment", "lead_time", "submitted_at", "raw")


@dataclass
class VoteChanges:
    """What a reconciliation did. ``skips`` are those seen, new or not."""

    added: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    skips: int = 0


@dataclass
class VoteReconciler:
    """Brings votes in line with Label Studio, within one session."""

    session: Session
    instance: str
    simulated: bool
    annotators: dict[int, Annotator]
    changes: VoteChanges = field(default_factory=VoteChanges)

    def apply(self, row: BlindTask, task: Mapping[str, Any], stored: list[BlindVote]) -> None:
        """``task``: with annotations, as ``remote_tasks.changed_tasks`` yields it; ``stored``: all votes of ``row``."""
        # A doubled task has a set of annotations of its own: only that one may be missed here.
        mine = {vote.annotation_id: vote for vote in stored if vote.raw.get("task") == task["id"]}
        present = {item["id"]: _raw(item, task["id"]) for item in task["annotations"]}
        for annotation_id in mine.keys() - present.keys():
            self.withdraw(mine[annotation_id], DELETED)
        voted = {vote.annotator_id for vote in stored if vote.status == "active" and vote not in mine.values()}
        wanted = [self._judge(row, task, raw, mine, voted) for _, raw in sorted(present.items())]
        # Those that lose their place first: one active vote per person and task at any moment.
        for state in sorted((state for state in wanted if state), key=lambda state: state["status"] == "active"):
            self._store(row, mine.get(state["raw"]["id"]), state)
            self.session.flush()

    def withdraw(self, vote: BlindVote, reason: str) -> None:
        """Takes a vote out of use; its former state goes into its history."""
        if vote.status == "withdrawn":
            return
        _keep_history(vote)
        vote.status, vote.reason = "withdrawn", reason
        self.changes.withdrawn += 1
        self.session.flush()

    def _judge(
        self, row: BlindTask, task: Mapping[str, Any], raw: dict[str, Any], mine: dict[int, BlindVote], voted: set[int]
    ) -> dict[str, Any] | None:
        """The state that a vote should have; None for an annotation of nobody that was never stored."""
        annotator = self._annotator(raw, mine.get(raw["id"]))
        if annotator is None:
            return None
        state: dict[str, Any] = {
            "annotator_id": annotator.id,
            "simulated": annotator.simulated or self.simulated,
            "lead_time": raw.get("lead_time"),
            "submitted_at": dt.datetime.fromisoformat(raw["created_at"]),
            "raw": raw,
            "verdict": None,
            "comment": None,
            "reason": None,
        }
        if raw.get("was_cancelled"):
            self.changes.skips += 1
            skip = parse_skip(raw)
            reason = f"skipped: {skip.reason}" if skip.reason else "skipped"
            return {**state, "status": "withdrawn", "reason": reason, "comment": skip.comment}
        refusal = self._refusal(annotator, row, task, voted)
        if refusal is not None:
            return {**state, "status": "rejected", "reason": refusal}
        try:
            verdict = parse_verdict(raw)
            if not self.simulated:  # a script needs no time to read
                require_read(verdict.lead_time, len(row.model_text) + len(row.opponent_text))
        except RankingError as error:
            return {**state, "status": "rejected", "reason": f"{error.reason}: {error}"}
        voted.add(annotator.id)
        winner = _winner(verdict.side, row.model_is_left)
        return {**state, "status": "active", "verdict": winner, "comment": verdict.comment}

    def _refusal(self, annotator: Annotator, row: BlindTask, task: Mapping[str, Any], voted: set[int]) -> str | None:
        if annotator.simulated and not self.simulated:
            return "simulated: a scripted annotator voted in a real evaluation"
        if task["data"].get("items") != row.data["items"]:
            return "task_changed: the task was edited in Label Studio"
        if annotator.id in voted:
            return "duplicate: this person has voted on this task before"
        return None

    def _annotator(self, raw: Mapping[str, Any], stored: BlindVote | None) -> Annotator | None:
        user_id = raw.get("completed_by")
        if user_id is None:  # the account was deleted
            return self.session.get(Annotator, stored.annotator_id) if stored else None
        if user_id not in self.annotators:
            self.annotators[user_id] = people.upsert_annotator(self.session, self.instance, user_id)
        return self.annotators[user_id]

    def _store(self, row: BlindTask, vote: BlindVote | None, state: Mapping[str, Any]) -> None:
        if vote is None:
            known = {"blind_task_id": row.id, "label_studio_url": self.instance, "annotation_id": state["raw"]["id"]}
            self.session.add(BlindVote(**known, **state))
            self.changes.added += 1
            return
        if all(getattr(vote, name) == value for name, value in state.items()):
            self.changes.unchanged += 1
            return
        withdrawn = vote.status == "active" and state["status"] == "withdrawn"
        _keep_history(vote)
        for name, value in state.items():
            setattr(vote, name, value)
        if withdrawn:
            self.changes.withdrawn += 1
        else:
            self.changes.changed += 1


def _winner(side: Side, model_is_left: bool) -> str:
    if side == "tie":
        return "tie"
    return "model" if (side == "left") == model_is_left else "opponent"


def _keep_history(vote: BlindVote) -> None:
    former = {name: getattr(vote, name) for name in _STATE}
    former["submitted_at"] = vote.submitted_at.isoformat()
    former["until"] = dt.datetime.now(dt.UTC).isoformat()
    vote.history = [*vote.history, former]


def _raw(annotation: Mapping[str, Any], task_id: int) -> dict[str, Any]:
    """The annotation as Label Studio gives it, with its task, and with its author as a number only."""
    author = annotation.get("completed_by")
    return {**annotation, "completed_by": author["id"] if isinstance(author, dict) else author, "task": task_id}
