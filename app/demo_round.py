"""The round of `raisontext demo`: everything is real but the people, who are scripted and marked so everywhere.

Long steps are jobs, done by the worker of the stack. Each goes on from what an interrupted run left, so the demo can be
stopped at any point and started again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from annotation.queries import round_by_number
from app import queries, rounds
from app.jobs import client as jobs
from app.settings import Settings
from db.errors import ConflictError
from db.session import Database

if TYPE_CHECKING:
    from annotation.client import LabelStudioClient

ANNOTATORS = ("simulated-1", "simulated-2", "simulated-3")
SOURCE = "synthetic"
SYNTHETIC_RESUMES = 3000
MEASURING_SHARE = 0.1  # of gold tasks, and of repeated ones


class Watch(Protocol):
    """A progress bar: share done, 0 to 1, and what is being done."""

    def __call__(self, share: float, message: str | None) -> None: ...


@dataclass(frozen=True)
class Screen:
    """What the demo tells people while it works: lines, and bars by name."""

    say: Callable[[str], None]
    watch: Callable[[str], Watch]


@dataclass(frozen=True)
class DemoRound:
    """One simulated round on a running Label Studio; all long work is done by the worker of the stack, as jobs."""

    database: Database
    settings: Settings
    client: LabelStudioClient
    screen: Screen
    seed: int = 0

    def run(self, resumes: int) -> dict[str, Any]:
        """Goes through the round; returns all figures that were measured.

        Raises:
            ConflictError: a real round is open.
            JobFailedError: a step failed, with its reason.
        """
        number = self._open_round(resumes)
        state = self._state(number)
        if state in ("sampling", "annotating"):
            self._job("Sampling: four candidates per résumé", "sample", number)
            self._rank(number)
        if state in ("sampling", "annotating", "training"):
            self._job("Training: DPO on the frozen pairs, and on drafts that the check refuses", "train", number)
        self._job("Evaluation: the new model against its parent on held-out résumés", "evaluate", number)
        verdict = self._job("Promotion", "promote", number)
        return {**self._figures(number), "verdict": verdict}

    def _job(self, what: str, name: str, number: int) -> dict[str, Any]:
        """Has the worker do a step; an interrupted demo finds the same job again."""
        self.screen.say(what)
        return jobs.run(self.database, name, {"round": number}, progress=self.screen.watch(name))

    def _open_round(self, resumes: int) -> int:
        with self.database.session() as session:
            found = queries.open_round(session)
        if found is None:
            self._ingest(resumes)
            plan = rounds.Plan(
                resumes,
                overlap=len(ANNOTATORS),
                seed=self.seed,
                simulated=True,
                gold_share=MEASURING_SHARE,
                repeat_share=MEASURING_SHARE,
            )
            return rounds.start(self.database, self.settings, plan)
        if not found.simulated:
            raise ConflictError(
                f"Expected no real round under way, found round {found.number} {found.state}; "
                "finish it, or give the demo a RAISONTEXT_DATA_DIR of its own"
            )
        self.screen.say(f"Going on with round {found.number}, which an earlier demo left {found.state}")
        return found.number

    def _ingest(self, resumes: int) -> None:
        """Synthetic résumés whose cities, employers and skills the starter model has never seen."""
        from resumes.ingest import ingest_profiles
        from resumes.synthetic import generate_profiles

        with self.database.session() as session:
            profiles = generate_profiles(max(SYNTHETIC_RESUMES, 2 * resumes), self.seed, vocabulary="heldout")
            stored = ingest_profiles(session, profiles, SOURCE, synthetic=True)
        self.screen.say(f"Résumés: {stored.new} synthetic ones stored, {stored.unchanged} were there")

    def _rank(self, number: int) -> None:
        from annotation.people import ensure_accounts, ensure_annotator
        from annotation.simulated import rank_all, round_profiles

        accounts = ensure_accounts(self.client, self.settings.data_dir, ANNOTATORS)
        with self.database.session() as session:
            for account in accounts:
                ensure_annotator(session, self.client, account, simulated=True)
        report = self._job("Push: each task to the people who are to rank it", "push", number)
        self.screen.say("Ranking: scripted annotators work through their queues over Label Studio's HTTP API")
        with self.database.session() as session:
            profiles = round_profiles(session, round_by_number(session, number).id)
        watch = self.screen.watch("rankings")
        rank_all(
            self.client.url,
            accounts,
            report["project_id"],
            profiles,
            seed=self.seed,
            wanted=report["places"],
            progress=lambda done, total: watch(done / max(total, 1), f"rankings: {done} of {total}"),
        )
        self._job("Sync: rankings to PostgreSQL", "sync", number)

    def _state(self, number: int) -> str:
        with self.database.session() as session:
            return round_by_number(session, number).state

    def _figures(self, number: int) -> dict[str, Any]:
        from annotation.quality import team_quality
        from annotation.round_agreement import round_agreement

        with self.database.session() as session:
            round_ = round_by_number(session, number)
            agreement = round_agreement(session, round_).overall.to_dict()
            quality = team_quality(session, [round_]).to_dict()
            return {**rounds.describe(session, round_), "agreement": agreement, "quality": quality}
