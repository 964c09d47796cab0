"""Who ranks what: load spread evenly, every two people meeting about equally often. No database and no Label Studio.

The same input gives the same answer. What is begun stays with its people, and of the rest no more moves than evenness
needs: people who come, go or fall behind cost only the tasks that change hands.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

# How many of a person's last tasks are looked at for the one that is best given away.
LOOK_BACK = 50


@dataclass(frozen=True, slots=True)
class Work:
    """What goes to a person as a whole: a task, together with its repetition if it has one.

    Works are in the order of the queue: the last ones are moved first, since nobody can have them on the screen yet.

    Args:
        people: how many are to rank it.
        weight: tasks that each of them gets with it: 2 with a repetition.
        topic: its résumé; nobody gets two works of one topic if somebody else is as free.
        begun: who has ranked or skipped it; they keep it.
        given: who has it now, begun or not.
    """

    id: int
    people: int
    topic: int
    weight: int = 1
    begun: frozenset[int] = frozenset()
    given: frozenset[int] = frozenset()


def overlapping(count: int, share: float, seed: str) -> list[bool]:
    """Which of ``count`` tasks in a row go to several people: exactly ``share`` of any stretch, up to one task.

    Systematic sampling with a random start: more tasks later change nothing for those before.
    """
    start = random.Random(f"overlap:{seed}").random()
    return [int((number + 1) * share + start) > int(number * share + start) for number in range(count)]


def balance(works: Sequence[Work], team: Collection[int], seed: str) -> dict[int, frozenset[int]]:
    """People of each work by its id: ``work.people`` of them, or all of ``team`` where it is smaller.

    Numbers of tasks per person differ by one at most as far as begun work and repetitions (two tasks at once) allow.
    """
    table = _Table(sorted(set(team)), seed)
    for work in works:
        table.keep(work)
    for work in sorted(works, key=lambda work: (-work.weight, random.Random(f"{seed}:{work.id}").random())):
        table.fill(work)
    table.level(works)
    return {work.id: frozenset(table.people[work.id]) for work in works}


@dataclass
class _Table:
    """The distribution while it is made."""

    team: list[int]
    seed: str
    people: dict[int, set[int]] = field(default_factory=dict)
    load: Counter[int] = field(default_factory=Counter)
    met: Counter[tuple[int, int]] = field(default_factory=Counter)
    topics: Counter[tuple[int, int]] = field(default_factory=Counter)

    def keep(self, work: Work) -> None:
        """Takes over what is begun, and what is given to people who are still there."""
        self.people[work.id] = set()
        for person in sorted(work.begun):
            self._give(work, person)
        for person in sorted((work.given - work.begun) & set(self.team)):
            if len(self.people[work.id]) < work.people:
                self._give(work, person)

    def fill(self, work: Work) -> None:
        """Gives ``work`` to the freest until it has its people."""
        holders = self.people[work.id]
        missing = min(work.people - len(holders), len([person for person in self.team if person not in holders]))
        if missing <= 0:
            return
        shuffled = random.Random(f"{self.seed}:{work.id}:people").sample(self.team, len(self.team))
        for _ in range(missing):
            free = [person for person in shuffled if person not in holders]
            self._give(work, min(free, key=lambda person: (self.load[person], *self._strain(work, person))))

    def level(self, works: Sequence[Work]) -> None:
        """Moves works that are not begun from those who have most to those who have least."""
        movable: dict[int, list[Work]] = defaultdict(list)
        for work in works:
            for person in self.people[work.id] - work.begun:
                movable[person].append(work)
        takers = set(self.team)
        while takers:
            taker = min(takers, key=lambda person: (self.load[person], person))
            if not self._relieve(taker, movable):
                takers.discard(taker)

    def _relieve(self, taker: int, movable: dict[int, list[Work]]) -> bool:
        """One work for ``taker`` from the busiest who can spare one; false where that would not make things evener."""
        for giver in sorted(self.team, key=lambda person: (-self.load[person], person)):
            room = self.load[giver] - self.load[taker]
            if room < 2:  # a difference of one is even
                return False
            work = self._spare(movable[giver], giver, taker, room)
            if work is not None:
                movable[giver].remove(work)
                movable[taker].append(work)
                self._take(work, giver)
                self._give(work, taker)
                return True
        return False

    def _spare(self, works: Sequence[Work], giver: int, taker: int, room: int) -> Work | None:
        fitting: list[Work] = []
        for work in reversed(works):
            if work.weight < room and taker not in self.people[work.id]:
                fitting.append(work)
                if len(fitting) == LOOK_BACK:
                    break
        return min(fitting, key=lambda work: self._cost(work, giver, taker), default=None)

    def _cost(self, work: Work, giver: int, taker: int) -> tuple[int, int]:
        """What speaks against the move: the same résumé again, companies that meet less evenly than before."""
        others = self.people[work.id] - {giver}
        company = sum(self.met[_pair(taker, other)] - self.met[_pair(giver, other)] + 1 for other in others)
        return self.topics[taker, work.topic], company

    def _strain(self, work: Work, person: int) -> tuple[int, int]:
        """What speaks against ``person`` besides load: the same résumé again, the same company again."""
        company = sum(self.met[_pair(person, other)] for other in self.people[work.id])
        return self.topics[person, work.topic], company

    def _give(self, work: Work, person: int) -> None:
        self._count(work, person, 1)
        self.people[work.id].add(person)

    def _take(self, work: Work, person: int) -> None:
        self.people[work.id].remove(person)
        self._count(work, person, -1)

    def _count(self, work: Work, person: int, step: int) -> None:
        self.load[person] += step * work.weight
        self.topics[person, work.topic] += step
        for other in self.people[work.id]:
            self.met[_pair(person, other)] += step


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
