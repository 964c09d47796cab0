"""Everything that a report of agreement shows: the chosen rounds, the trend over all, quality, published figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from annotation import pair_queries
from annotation.agreement import Agreement, summarise
from annotation.published import PUBLISHED
from annotation.quality import TeamQuality, team_quality
from annotation.quality_queries import ranked_rounds
from annotation.rank_tables import rank_table
from annotation.round_agreement import RoundAgreement, rounds_agreement
from annotation.unit_statistics import measure
from db.errors import NotFoundError
from db.models import Round


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """Agreement over one round."""

    round: int
    simulated: bool
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """``chosen``: agreement over the round (or rounds) asked for; ``rounds``: their numbers. ``trend``: every round."""

    rounds: list[int]
    chosen: RoundAgreement
    trend: list[TrendPoint]
    quality: TeamQuality

    def to_dict(self) -> dict[str, Any]:
        """JSON form: the statistics of the chosen rounds at the top level."""
        return {
            **self.chosen.to_dict(),
            "rounds": self.rounds,
            "trend": [
                {"round": point.round, "simulated": point.simulated, **point.agreement.to_dict()}
                for point in self.trend
            ],
            "published": [asdict(rate) for rate in PUBLISHED],
        }


def agreement_report(session: Session, rounds: Sequence[Round]) -> AgreementReport:
    """The report on ``rounds``."""
    return AgreementReport(
        rounds=[round_.number for round_ in rounds],
        chosen=rounds_agreement(session, rounds),
        trend=[_point(session, round_) for round_ in ranked_rounds(session)],
        quality=team_quality(session, rounds),
    )


def comparable_rounds(session: Session) -> list[Round]:
    """All rounds with rankings by people; those of programs only where there are no others, for the two never mix.

    Raises:
        NotFoundError: nothing has been ranked in any round.
    """
    rounds = ranked_rounds(session)
    if not rounds:
        raise NotFoundError("expected a round with rankings, found none: rank in Label Studio, then raisontext sync")
    return [round_ for round_ in rounds if not round_.simulated] or rounds


def _point(session: Session, round_: Round) -> TrendPoint:
    rows = [row for row in pair_queries.active_rankings(session, round_.id) if row.weight > 0]
    simulated = round_.simulated or any(row.simulated for row in rows)
    return TrendPoint(round_.number, simulated, summarise(measure(rank_table(rows).ranks)))
