"""The promoted policy, ready to write for one person at a time."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from dataclasses import dataclass

from db.errors import RaisonTextError
from db.models import ModelVersion
from db.session import Database
from resumes.schema import Profile
from resumes.text_format import TextFormat
from sampler import queries
from sampler.candidates import Selection, sample_candidates
from sampler.engines.base import Decoding, Engine
from sampler.errors import NoPromotedModelError
from sampler.fallback import fallback_texts
from sampler.models import EngineSettings, load_version, text_format_of
from sampler.seeds import SEED_BITS

log = logging.getLogger(__name__)

RETRY_SECONDS = 60.0
"""How long the older policy serves before a newer one that could not be loaded is tried again."""


@dataclass(frozen=True)
class Policy:
    """A loaded model version."""

    model_version_id: int
    name: str
    text_format: TextFormat
    artifact_sha256: str
    engine: Engine

    def is_version(self, model: ModelVersion) -> bool:
        """Is this that model version, with the same files?"""
        return self.model_version_id == model.id and self.artifact_sha256 == model.artifact_sha256


@dataclass(frozen=True)
class Generation:
    """Texts that may be shown: none has a violation. ``from_model`` is false if the model wrote none of them."""

    model_version_id: int
    model_name: str
    texts: tuple[str, ...]
    seed: int
    from_model: bool


class PolicyHolder:
    """Keeps the promoted policy loaded and follows promotion and rollback. Thread-safe.

    While a new version loads, other threads go on with the old one; only the first load makes everybody wait.
    """

    def __init__(self, database: Database, settings: EngineSettings, decoding: Decoding | None = None) -> None:
        self._database = database
        self._settings = settings
        self._decoding = decoding or Decoding()
        self._loading = threading.Lock()
        self._policy: Policy | None = None
        self._unusable: int | None = None
        self._retry_at = 0.0

    def current(self) -> Policy:
        """The policy that is promoted now, loaded.

        Raises:
            NoPromotedModelError: none is promoted.
            ArtifactError, EngineError: it cannot be loaded and no older one is at hand.
        """
        wanted = self._promoted()
        held = self._policy
        if held is None:
            with self._loading:
                return self._load(wanted)
        if held.is_version(wanted) or self._given_up(wanted) or not self._loading.acquire(blocking=False):
            return held
        try:
            return self._load(wanted)
        except RaisonTextError as error:
            log.error("Model %s cannot be served, %s goes on: %s", wanted.name, held.name, error)
            self._unusable, self._retry_at = wanted.id, time.monotonic() + RETRY_SECONDS
            return held
        finally:
            self._loading.release()

    def generate(self, profile: Profile, n: int = 4, seed: int | None = None) -> Generation:
        """``n`` distinct faithful texts (fewer if there are no more); where the model gives too few, plain texts that
        repeat the résumé come after its own.

        Raises:
            NoPromotedModelError: no policy is promoted.
            NoFaithfulTextError: not even those pass the check.
        """
        policy = self.current()
        seed = secrets.randbits(SEED_BITS) if seed is None else seed
        selection = Selection(n=n)
        (result,) = sample_candidates(policy.engine, [profile], policy.text_format, self._decoding, seed, selection)
        texts = tuple(draft.text for draft in result.candidates if draft.faithful)
        if result.outcome != "complete":
            log.warning("Model %s: %s", policy.name, result.reason)
            texts = fallback_texts(profile, n, begun=texts)
        return Generation(policy.model_version_id, policy.name, texts, seed, from_model=bool(result.candidates))

    def _promoted(self) -> ModelVersion:
        with self._database.session() as session:
            model = queries.promoted_model(session)
            if model is None:
                raise NoPromotedModelError("No policy is promoted; expected one, e.g. by `raisontext models promote`")
            return model

    def _given_up(self, model: ModelVersion) -> bool:
        return self._unusable == model.id and time.monotonic() < self._retry_at

    def _load(self, model: ModelVersion) -> Policy:
        if self._policy is not None and self._policy.is_version(model):
            return self._policy
        log.info("Loading model %s", model.name)
        self._policy = Policy(
            model_version_id=model.id,
            name=model.name,
            text_format=text_format_of(model),
            artifact_sha256=model.artifact_sha256,
            engine=load_version(model, self._settings),
        )
        return self._policy
