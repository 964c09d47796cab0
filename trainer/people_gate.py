"""The gate that people keep: what a blind evaluation says of a new model against its parent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

# With fewer, an interval that excludes one half needs a share of wins that no small improvement reaches (21 of 30).
MINIMUM_DECIDED = 30


@dataclass(frozen=True)
class PeopleVotes:
    """Votes from the new model's point of view. ``win_rate``: ties half; ``interval``: its 95 % interval."""

    wins: int
    losses: int
    ties: int
    win_rate: float
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class PeopleGate:
    """``undecided``: too few votes to say anything; that blocks nothing, and is stored as a warning."""

    state: Literal["passed", "failed", "undecided"]
    expected: str
    found: str

    @property
    def reason(self) -> str:
        """One line, as other rules of the gate give it."""
        return f"people: expected {self.expected}, found {self.found}"

    def to_dict(self) -> dict[str, Any]:
        """For reports and the registry."""
        return asdict(self)


def people_gate(votes: PeopleVotes, minimum_decided: int = MINIMUM_DECIDED) -> PeopleGate:
    """Whether people prefer the new model: the whole interval of its win rate lies above 50 %."""
    decided = votes.wins + votes.losses
    total = decided + votes.ties
    if decided < minimum_decided or votes.interval is None:
        return PeopleGate("undecided", f"at least {minimum_decided} decided votes", f"{decided} of {total}")
    low, high = votes.interval
    found = f"{votes.win_rate:.1%} [{low:.1%}, {high:.1%}] on {total} votes"
    return PeopleGate("passed" if low > 0.5 else "failed", "win rate interval of blind votes above 50%", found)
