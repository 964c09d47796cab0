"""The round of `raisontext demo`: everything is real but the people, who are scripted and marked so everywhere.

Each step goes on from what an interrupted run left, so the demo can be stopped at any point and started again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from annotation.queries import round_by_number
from app import queries, rounds, training
from app.settings import Settings
from db.errors import ConflictError
from db.session import Database

if TYPE_CHECKING:
    from annotation.client import LabelStudioClient

ANNOTATORS = ("simulated-1", "simulated-2", "simulated-3")
SOURCE = "synthetic"
SYNTHETIC_RESUMES = 3000


class Bar(Protocol):
    """A progress bar: things done and things in all."""

    def __call__(self, done: int, total: int) -> None: ...


@dataclass(frozen=True)
class Screen:
    """What the demo tells people while it works: lines, and bars by name."""

    say: Callable[[str], None]
    bar: Callable[[str], Bar]


@dataclass(frozen=True)
class DemoRound:
    """One simulated round on a running Label Studio."""

    database: Database
    settings: Settings
    client: LabelStudioClient
    screen: Screen
    seed: int = 0

    def run(self, resumes: int) -> dict[str, Any]:
        """Goes through the round; returns all figures that were measured.

        Raises:
            ConflictError: a real round is open.
        """
        number = self._open_round(resumes)
        state = self._state(number)
        if state in ("sampling", "annotating"):
            self._sample(number)
            self._rank(number)
        if state in ("sampling", "annotating", "training"):
            self.screen.say("Training: DPO on the frozen pairs, and on drafts of the parent that the check refuses")
            training.train(
                self.database,
                self.settings,
                number,
                progress=self.screen.bar("DPO steps"),
                drafting=self.screen.bar("drafts"),
            )
        self.screen.say("Evaluation: the new model against its parent on held-out résumés")
        training.evaluate(self.database, self.settings, number, progress=self.screen.bar("evaluated"))
        verdict = training.promote(self.database, number)
        return {**self._figures(number), "verdict": verdict}

    def _open_round(self, resumes: int) -> int:
        with self.database.session() as session:
            found = queries.open_round(session)
        if found is None:
            self._ingest(resumes)
            plan = rounds.Plan(resumes, overlap=len(ANNOTATORS), seed=self.seed, simulated=True)
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

    def _sample(self, number: int) -> None:
        self.screen.say(f"Sampling: four candidates per résumé of round {number}")
        bar = self.screen.bar("résumés")
        rounds.sample(self.database, self.settings, number, lambda at: bar(at.done, at.total))

    def _rank(self, number: int) -> None:
        from annotation.people import ensure_accounts, ensure_annotator
        from annotation.simulated import rank_all, round_profiles
        from annotation.sync import sync

        self.screen.say("Ranking: tasks to Label Studio, scripted annotators rank them over its HTTP API")
        report = rounds.push(self.database, self.client, number, self.screen.bar("tasks"))
        accounts = ensure_accounts(self.client, self.settings.data_dir, ANNOTATORS)
        with self.database.session() as session:
            for account in accounts:
                ensure_annotator(session, self.client, account, simulated=True)
            round_id = round_by_number(session, number).id
            profiles = round_profiles(session, round_id)
        rank_all(
            self.client.url, accounts, report.project_id, profiles, seed=self.seed, progress=self.screen.bar("rankings")
        )
        sync(self.database, self.client, round_id)

    def _state(self, number: int) -> str:
        with self.database.session() as session:
            return round_by_number(session, number).state

    def _figures(self, number: int) -> dict[str, Any]:
        from annotation.round_agreement import round_agreement

        with self.database.session() as session:
            round_ = round_by_number(session, number)
            agreement = round_agreement(session, round_).overall.to_dict()
            return {**rounds.describe(session, round_), "agreement": agreement}
