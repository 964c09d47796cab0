"""How well each annotator works, by pseudonym: figures with what they rest on, and hints that decide nothing.

Regular tasks tell how a person agrees with the others, gold tasks whether he or she is right, repeated tasks whether
he or she is of one mind; all of them tell about speed, shown places and amount.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from sqlalchemy.orm import Session

from annotation import quality_measures as measures
from annotation import quality_queries as queries
from annotation.bootstrap import Floats
from annotation.estimates import Estimate, mean_of, share_of
from annotation.position_bias import PositionBias, holm, position_bias
from annotation.quality_hints import Hint, hints_for
from annotation.quality_queries import Submission
from db.models import Round

Row = TypeVar("Row", Submission, queries.Refusal)
NO_SUBMISSIONS = "nothing was submitted"


@dataclass(frozen=True, slots=True)
class AnnotatorQuality:
    """One annotator.

    ``rankings``: active ones by kind of task; ``assigned``: tasks of all kinds, null where nobody is assigned.
    ``consensus_tau``: tau-b with the Kemeny consensus of the others, mean over tasks. ``consistency_…``: first ranking
    against its repetition. ``gold_…``: against known orders and flags. ``median_seconds``, ``seconds_per_100``: lead
    time as such and per 100 characters of the texts. ``speeders``: share of rankings made in less than a third of the
    team's median time per character. ``confirmed_flags``: share of own flags that others share. ``days``: rankings by
    day (UTC). ``skips``: by reason given; ``rejected``: by code; ``rejected_share``: of all submissions.
    """

    pseudonym: str
    simulated: bool
    weight: float
    rankings: dict[str, int]
    assigned: int | None
    consensus_tau: Estimate
    consistency_tau: Estimate
    consistency_pairs: Estimate
    gold_accuracy: Estimate
    gold_flag_recall: Estimate
    gold_flag_precision: Estimate
    confirmed_flags: Estimate
    flags: int
    median_seconds: float | None
    seconds_per_100: float | None
    speeders: Estimate
    position: PositionBias
    days: dict[str, int]
    skips: dict[str, int]
    rejected: dict[str, int]
    rejected_share: Estimate
    hints: list[Hint] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TeamQuality:
    """All annotators of some rounds. ``seconds_per_100``: the team's median; ``lead_times``: of each, in seconds."""

    rounds: list[int]
    simulated: bool
    seconds_per_100: float | None
    annotators: list[AnnotatorQuality]
    lead_times: dict[str, list[float]]

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without the single lead times."""
        found = asdict(self)
        del found["lead_times"]
        return found


def team_quality(session: Session, rounds: Sequence[Round], seed: int = 0) -> TeamQuality:
    """Quality of everybody who submitted or was assigned anything in ``rounds``. ``seed``: of bootstraps and tests."""
    ids = [round_.id for round_ in rounds]
    rows = queries.submissions(session, ids)
    refusals = queries.refusals(session, ids)
    assigned = queries.assigned(session, ids)
    names = {row.pseudonym for row in rows} | {one.pseudonym for one in refusals} | set(assigned)
    people = queries.people(session, names)
    shared = _Shared.of(rows)
    rows_of, refusals_of = _by_name(rows), _by_name(refusals)
    found = [
        _annotator(
            person,
            rows_of[person.pseudonym],
            refusals_of[person.pseudonym],
            assigned.get(person.pseudonym, 0) if assigned else None,
            shared,
            seed,
        )
        for person in people
    ]
    return TeamQuality(
        rounds=[round_.number for round_ in rounds],
        simulated=any(round_.simulated for round_ in rounds) or any(row.simulated for row in rows),
        seconds_per_100=shared.seconds_per_100,
        annotators=_with_hints(found),
        lead_times={
            name: [row.lead_time for row in own if row.lead_time is not None] for name, own in sorted(rows_of.items())
        },
    )


@dataclass(frozen=True, slots=True)
class _Shared:
    """What needs the rows of all annotators at once."""

    taus: dict[str, Floats]
    consistency: dict[str, tuple[Estimate, Estimate]]
    flags: dict[str, Estimate]
    seconds_per_100: float | None

    @classmethod
    def of(cls, rows: Sequence[Submission]) -> _Shared:
        regular = [row for row in rows if row.kind == "regular"]
        speeds = measures.seconds_per_100(rows)
        return cls(
            taus=measures.consensus_taus(regular),
            consistency=measures.consistency(rows),
            flags=measures.confirmed_flags(regular),
            seconds_per_100=float(np.median(speeds)) if len(speeds) else None,
        )


def _annotator(
    person: queries.Person,
    rows: Sequence[Submission],
    refusals: Sequence[queries.Refusal],
    assigned: int | None,
    shared: _Shared,
    seed: int,
) -> AnnotatorQuality:
    name = person.pseudonym
    no_repeats = mean_of([], measures.NO_REPEATS)
    recall, precision = measures.gold_flags(rows)
    again, same = shared.consistency.get(name, (no_repeats, no_repeats))
    speeds = measures.seconds_per_100(rows)
    seconds = [row.lead_time for row in rows if row.lead_time is not None]
    limit = (shared.seconds_per_100 or 0.0) * measures.SPEEDER_SHARE
    rejected, skips = _refused(refusals)
    refused = sum(rejected.values())
    return AnnotatorQuality(
        pseudonym=name,
        simulated=person.simulated,
        weight=person.weight,
        rankings=dict(Counter(row.kind for row in rows)),
        assigned=assigned,
        consensus_tau=mean_of(shared.taus.get(name, []), measures.NO_SHARED_TASK, seed),
        consistency_tau=again,
        consistency_pairs=same,
        gold_accuracy=measures.gold_accuracy(rows),
        gold_flag_recall=recall,
        gold_flag_precision=precision,
        confirmed_flags=shared.flags.get(name, share_of(0, 0, measures.NO_SHARED_FLAGS)),
        flags=sum(len(row.flags) for row in rows if row.kind == "regular"),
        median_seconds=float(np.median(seconds)) if seconds else None,
        seconds_per_100=float(np.median(speeds)) if len(speeds) else None,
        speeders=share_of(int((speeds < limit).sum()), len(speeds), measures.NO_LEAD_TIMES),
        position=position_bias(measures.shown_ranks([row for row in rows if row.kind != "repeat"]), seed),
        days=_days(rows),
        skips=skips,
        rejected=rejected,
        rejected_share=share_of(refused, refused + len(rows), NO_SUBMISSIONS),
    )


def _by_name(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.pseudonym].append(row)
    return found


def _with_hints(found: Sequence[AnnotatorQuality]) -> list[AnnotatorQuality]:
    """Corrects the tests of position for their number, then gives hints."""
    corrected = holm([one.position.p for one in found])
    tested = [replace(one, position=replace(one.position, p_holm=p)) for one, p in zip(found, corrected, strict=True)]
    return [replace(one, hints=hints_for(one)) for one in tested]


def _days(rows: Sequence[Submission]) -> dict[str, int]:
    return dict(sorted(Counter(row.submitted_at.astimezone(dt.UTC).date().isoformat() for row in rows).items()))


def _refused(refusals: Sequence[queries.Refusal]) -> tuple[dict[str, int], dict[str, int]]:
    """Rejected submissions by code, skips by the reason that was given («» where none was)."""
    rejected: dict[str, int] = defaultdict(int)
    skips: dict[str, int] = defaultdict(int)
    for one in refusals:
        if one.code == queries.SKIPPED:
            skips[one.reason.partition(":")[2].strip()] += one.submissions
        else:
            rejected[one.code] += one.submissions
    return dict(rejected), dict(skips)
