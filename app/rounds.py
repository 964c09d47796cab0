"""The first half of a round, sample → push, and its end; :mod:`app.training` has the second half.

Every step commits by itself, can be killed at any moment and run again, and refuses a round that is in another state.
Real and simulated never mix: a round that is not simulated starts from a model that no scripted annotator had a part
in, samples résumés that are not synthetic, and takes no simulated ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from annotation.queries import round_by_number
from app import queries
from app.engines import engine_settings
from app.round_state import expect, one_open_round
from app.settings import Settings
from db.errors import ConflictError, InvalidInputError
from db.models import ROUND_OPEN_STATES, ModelVersion, Round
from db.session import Database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotation.client import LabelStudioClient
    from annotation.pairs import Strategy
    from annotation.push import PushReport
    from app.sampling import Way
    from sampler.runs import ProgressCallback, RunReport

Progress = Callable[[int, int], None]
Select = Literal["random", "active"]
POOL = 4  # as measured, see docs/selection.md
CANDIDATES = 4
TEMPERATURE = 0.9  # of texts to rank: more differs than at the 0.8 of serving, see docs/candidates.md


@dataclass(frozen=True)
class Plan:
    """What a new round is to be.

    Args:
        resumes: how many are ranked.
        overlap: people per task, in ``overlap_share`` of the tasks; the others are for one person.
        gold_share, repeat_share: gold and repeated tasks, which measure annotators, per regular task.
        strategy, minimum_agreement: which pairs the rankings give, see ``annotation.pairs`` and ``consensus``.
        select: ``active`` takes the résumés from which most can be learnt out of a ``pool`` of sampled ones (null:
            ``POOL`` times as many as are ranked), except for a ``control_share`` taken at random.
        allow_violations: how many of the four candidates may be unfaithful where faithful ones are lacking.

    Raises:
        InvalidInputError: a value out of its range, or a pool that is smaller than the choice from it.
    """

    resumes: int
    overlap: int = 1
    seed: int = 0
    simulated: bool = False
    overlap_share: float = 1.0
    gold_share: float = 0.0
    repeat_share: float = 0.0
    strategy: Strategy = "all"
    minimum_agreement: float = 0.0
    select: Select = "random"
    control_share: float = 0.2
    pool: int | None = None
    allow_violations: int = 1

    def __post_init__(self) -> None:
        for name in ("overlap_share", "gold_share", "repeat_share", "minimum_agreement", "control_share"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise InvalidInputError(f"Expected {name} from 0 to 1, found {value}")
        if not 0 <= self.allow_violations <= CANDIDATES:
            raise InvalidInputError(f"Expected allow_violations from 0 to {CANDIDATES}, found {self.allow_violations}")
        if self.pool is not None and self.select == "random":
            raise InvalidInputError("Expected a pool only where résumés are chosen from it (select: active)")
        if self.pool is not None and self.pool < self.resumes:
            raise InvalidInputError(f"Expected a pool of at least {self.resumes} résumés, found {self.pool}")

    @property
    def sampled(self) -> int:
        """How many résumés get candidates."""
        return self.resumes if self.select == "random" else self.pool or POOL * self.resumes

    def config(self) -> dict[str, Any]:
        """What the round keeps of it, beside its own columns."""
        return {name: value for name, value in asdict(self).items() if name not in ("overlap", "simulated", "pool")}


def start(database: Database, settings: Settings, plan: Plan) -> int:
    """Makes a round with its queue of résumés; returns its number. :func:`sample` fills it.

    Raises:
        ConflictError: another round is open, or the promoted model is simulated and the round is not.
        InvalidInputError: there are fewer résumés than asked for.
        ArtifactError, EngineError: the promoted model cannot be loaded.
    """
    from resumes.queries import shuffled_ids
    from sampler.candidates import Selection
    from sampler.engines.base import Decoding
    from sampler.models import load_version
    from sampler.runs import start_run
    from trainer.registry import ensure_starter

    with database.session() as session:
        policy = ensure_starter(session, settings.store_uri())
        _refuse_simulated_policy(policy, plan)
    engine = load_version(policy, engine_settings(settings))
    with database.session() as session:
        round_ = _new_round(session, policy, plan)
        run = start_run(
            session,
            model=policy,
            resume_ids=shuffled_ids(
                plan.sampled, plan.seed, splits=("train", "validation"), synthetic=plan.simulated, unused=True
            ),
            decoding=Decoding(temperature=TEMPERATURE),
            seed=plan.seed,
            engine=engine,
            selection=Selection(allow_violations=plan.allow_violations),
            round_id=round_.id,
        )
        if run.total < plan.sampled:
            kind = "synthetic" if plan.simulated else "real"
            raise InvalidInputError(
                f"Expected {plan.sampled} {kind} résumés that no round has used, found {run.total}; "
                "ingest more, or ask for fewer"
            )
        return round_.number


def sample(
    database: Database,
    settings: Settings,
    number: int | None,
    progress: ProgressCallback | None = None,
    way: Way | None = None,
) -> RunReport:
    """Samples what is still open of the round's queue.

    Raises:
        RoundStateError: the round is past sampling.
    """
    from app.sampling import run
    from sampler.queries import run_of_round

    with database.session() as session:
        round_ = round_by_number(session, number)
        expect(round_, "sampling", "annotating")
        found = run_of_round(session, round_.number)
        assert found is not None  # made with the round, in one transaction
    return run(database, settings, found.id, progress, way)


def push(
    database: Database, client: LabelStudioClient, number: int | None, progress: Progress | None = None
) -> PushReport:
    """Puts the round's tasks into Label Studio; from then on it is being annotated."""
    from annotation.push import push as push_tasks

    with database.session() as session:
        round_id = round_by_number(session, number).id
    report = push_tasks(database, client, round_id, progress)
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        if round_.state == "sampling":
            round_.state = "annotating"
    return report


def close(database: Database, number: int | None) -> dict[str, Any]:
    """Gives an unfinished round up; what was ranked stays.

    Raises:
        RoundStateError: it is over already.
    """
    with database.session() as session:
        round_ = round_by_number(session, number)
        expect(round_, *ROUND_OPEN_STATES, "failed")
        queries.cancel_runs(session, round_.id)
        round_.state = "cancelled"
        return {"round": round_.number, "state": round_.state}


def describe(session: Session, round_: Round) -> dict[str, Any]:
    """All that is known of a round."""
    names = {
        key: session.get_one(ModelVersion, id_).name if id_ is not None else None
        for key, id_ in (("policy", round_.policy_model_id), ("trained", round_.trained_model_id))
    }
    return {
        "round": round_.number,
        "state": round_.state,
        "simulated": round_.simulated,
        "overlap": round_.overlap,
        "policy_model": names["policy"],
        "trained_model": names["trained"],
        "project_url": round_.project_url,
        "synced_until": round_.synced_until,
        "config": {name: value for name, value in round_.config.items() if name != "swept_at"},
        "snapshot_hash": round_.snapshot_hash,
        "created_at": round_.created_at,
        **queries.round_counts(session, round_.id),
        "report": round_.report,
    }


def listing(session: Session, rounds: Sequence[Round] | None = None) -> list[dict[str, Any]]:
    """:func:`describe` for every round, oldest first."""
    return [describe(session, round_) for round_ in (queries.all_rounds(session) if rounds is None else rounds)]


def _new_round(session: Session, policy: ModelVersion, plan: Plan) -> Round:
    round_ = Round(
        number=queries.next_number(session),
        overlap=plan.overlap,
        simulated=plan.simulated,
        policy_model_id=policy.id,
        config=plan.config(),
    )
    with one_open_round(session):
        session.add(round_)
    return round_


def _refuse_simulated_policy(policy: ModelVersion, plan: Plan) -> None:
    if policy.simulated and not plan.simulated:
        raise ConflictError(
            f"Expected a real round to start from a model made without scripted annotators, found {policy.name!r}, "
            "which is simulated; roll back with `raisontext models rollback`, or use another RAISONTEXT_DATA_DIR"
        )
