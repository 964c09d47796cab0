"""Who ranks which task of a round: decided here, kept in table ``assignment``, held by the fence of Label Studio.

``overlap`` people rank each task, or each of the round's share of tasks and one person the others; gold tasks follow
the same rule, so that they are their share of the work; a repetition goes to those who had the original. What somebody
has begun stays with that person (rankings are synced first), the rest is spread evenly (:mod:`annotation.balance`).

Rows come first, then Label Studio hears of the differences: a kill in between is healed by the next call. A Label
Studio without the fence cannot hold to assignments; there everybody gets every task until ``overlap`` have ranked it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from annotation import assignment_queries as queries
from annotation.assignment_queries import Assignable
from annotation.balance import Work, balance, overlapping
from annotation.client import LabelStudioClient
from annotation.fence_client import get_assignments, is_fenced, put_assignments
from annotation.locks import exclusive
from annotation.preparation import round_seed
from annotation.queries import get_round
from annotation.queue_order import Queued, queue_order
from annotation.sync import sync
from db.errors import ConflictError
from db.models import Round
from db.session import Database

_log = logging.getLogger(__name__)

WORK = "push"  # the lock: nobody assigns while tasks are being pushed
People = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the tasks of a round are spread now.

    ``people``: who can get tasks; ``places``: tasks of all of them together; ``moved``: places that others had before
    this call; ``short``: tasks with fewer people than the round wants; ``enforced``: whether Label Studio holds to it.
    """

    people: int = 0
    places: int = 0
    moved: int = 0
    short: int = 0
    enforced: bool = False


def distribute(database: Database, client: LabelStudioClient, round_id: int) -> Distribution:
    """Spreads the tasks of a round over the people there are now, and tells Label Studio.

    Waits for a push of the round that is under way. Can be killed and run again at any time.

    Raises:
        NotFoundError: there is no such round.
        LabelStudioDownError, LabelStudioRefusedError, WrongKeyError: run it again.
    """
    with exclusive(database, WORK, round_id, wait=True):
        distributor = Distributor(database, client, round_id)
        result = distributor.decide()
        distributor.deliver()
    return result


class Distributor:
    """The steps of :func:`distribute`, for a push that does other things in between. The caller holds the lock."""

    def __init__(self, database: Database, client: LabelStudioClient, round_id: int) -> None:
        self._database, self._client, self._round_id = database, client, round_id

    @cached_property
    def enforced(self) -> bool:
        """Whether Label Studio can hold people to their tasks."""
        fenced = is_fenced(self._client)
        if not fenced:
            _log.warning(
                "Label Studio at %s is not fenced: nobody can be held to assigned tasks, everybody gets all of them "
                "until the overlap of the round is reached",
                self._client.url,
            )
        return fenced

    def require_people(self) -> None:
        """Nobody at all may be there yet, but not too few.

        Raises:
            ConflictError: the round wants more people per task than there are.
        """
        if not self.enforced:
            return
        with self._database.session() as session:
            round_ = get_round(session, self._round_id)
            there = len(self._team(session, round_))
        if 0 < there < round_.overlap:
            raise ConflictError(
                f"Expected at least {round_.overlap} annotators for round {round_.number} (its overlap), "
                f"found {there}; add some with `raisontext annotators add NAME`"
            )

    def decide(self) -> Distribution:
        """Writes who is to rank what; Label Studio knows nothing of it yet."""
        if not self.enforced:
            return Distribution()
        self._refresh()
        with self._database.session() as session:
            return self._decide(session, get_round(session, self._round_id))

    def deliver(self) -> None:
        """Brings Label Studio in line with what is decided, for the tasks that it has."""
        if not self.enforced:
            return
        with self._database.session() as session:
            project_id = get_round(session, self._round_id).project_id
            tasks = queries.assignable_tasks(session, self._round_id)
            people = self._users_of_tasks(session)
        if project_id is None:
            return
        wanted = {
            task.task_id: people.get(task.id, []) for task in tasks if task.task_id is not None and not task.deleted
        }
        present = get_assignments(self._client, project_id)
        changed = {task_id: found for task_id, found in wanted.items() if found != sorted(present.get(task_id, []))}
        if changed:
            put_assignments(self._client, project_id, changed)

    def users_of_tasks(self) -> dict[int, list[int]] | None:
        """User ids by row id as decided, for tasks that have any; None where Label Studio cannot hold to it."""
        if not self.enforced:
            return None
        with self._database.session() as session:
            return self._users_of_tasks(session)

    def _users_of_tasks(self, session: Session) -> dict[int, list[int]]:
        users = queries.users(session, self._client.instance)
        found = {row: user for row, user in users.items() if user in self._users_there}
        assigned = queries.assigned(session, self._round_id)
        return {
            task: sorted(found[person] for person in people if person in found) for task, people in assigned.items()
        }

    @cached_property
    def _users_there(self) -> set[int]:
        return {int(user["id"]) for user in self._client.get("api/users/")}

    def _team(self, session: Session, round_: Round) -> set[int]:
        found = queries.team(session, self._client.instance, simulated=round_.simulated)
        return {annotator for annotator, user in found.items() if user in self._users_there}

    def _refresh(self) -> None:
        """Reads what people have done since the last sync, lest it be given to others."""
        with self._database.session() as session:
            under_way = get_round(session, self._round_id).project_id is not None and bool(
                queries.assigned(session, self._round_id)
            )
        if under_way:
            sync(self._database, self._client, self._round_id)

    def _decide(self, session: Session, round_: Round) -> Distribution:
        tasks = queries.assignable_tasks(session, round_.id)
        before = queries.assigned(session, round_.id)
        begun = queries.begun(session, round_.id)
        team = self._team(session, round_)
        if not team and not before:
            return Distribution(enforced=True)
        wanted = people_wanted(round_, tasks)
        after = spread(tasks, wanted, team, before, begun, round_seed(round_))
        old = {(task, person) for task, people in before.items() for person in people}
        new = {(task, person) for task, people in after.items() for person in people}
        queries.replace(session, new - old, old - new)
        return Distribution(
            people=len(team),
            places=len(new),
            moved=len(old - new),
            short=sum(len(after.get(task, ())) < count for task, count in wanted.items()),
            enforced=True,
        )


def people_wanted(round_: Round, tasks: list[Assignable]) -> dict[int, int]:
    """How many people each regular or gold task is for, by row id; deleted tasks are left out."""
    share = float(round_.config.get("overlap_share", 1.0))
    wanted: dict[int, int] = {}
    for kind in ("regular", "gold"):
        rows = [task for task in tasks if task.kind == kind]
        several = overlapping(len(rows), share, f"{round_seed(round_)}:{kind}")
        for task, overlap in zip(rows, several, strict=True):
            if not task.deleted:
                wanted[task.id] = round_.overlap if overlap else 1
    return wanted


def spread(
    tasks: list[Assignable],
    wanted: Mapping[int, int],
    team: set[int],
    before: Mapping[int, set[int]],
    begun: Mapping[int, set[int]],
    seed: str,
) -> dict[int, frozenset[int]]:
    """People of every task by row id, repetitions included.

    Args:
        wanted: see :func:`people_wanted`.
        before, begun: who had each task, and who has ranked or skipped it.
    """
    rows = {task.id: task for task in tasks if not task.deleted}
    repeats = {task.original_id: task.id for task in rows.values() if task.original_id is not None}
    order = queue_order([Queued(task.id, task.kind, task.original_id) for task in rows.values()], seed)
    works = []
    for task_id in order:
        if task_id in wanted:
            repeat = repeats.get(task_id)
            done = begun.get(task_id, set()) | (begun.get(repeat, set()) if repeat is not None else set())
            works.append(
                Work(
                    id=task_id,
                    people=wanted[task_id],
                    topic=rows[task_id].resume_id,
                    weight=1 if repeat is None else 2,
                    begun=frozenset(done),
                    given=frozenset(before.get(task_id, ())),
                )
            )
    people = defaultdict(frozenset[int], balance(works, team, seed))
    for task in rows.values():
        if task.original_id is not None:
            had = begun.get(task.id, set())
            # A repetition shows how far a person agrees with himself: it is for those who have the original, if any.
            people[task.id] = frozenset(had | (people[task.original_id] & team))
    return dict(people)
