"""The use case behind the routes: the promoted model writes, what was offered is remembered."""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress

from app.api.schemas import CandidateOut, GenerateRequest, GenerateResponse, Ready
from app.engines import engine_settings
from app.settings import Settings
from db.errors import ConflictError
from db.models import Impression
from db.session import Database
from resumes.schema import Profile
from sampler.errors import NoPromotedModelError
from sampler.serving import Policy, PolicyHolder
from trainer.registry import ensure_starter


class Serving:
    """Follows promotion and rollback without a restart. Thread-safe."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._store = settings.store_uri()
        self._database = database
        self._holder = PolicyHolder(database, engine_settings(settings))
        self._registering = threading.Lock()

    def load(self) -> Policy:
        """Loads the promoted model; on an empty registry the starter becomes it.

        Raises:
            RaisonTextError: there is none, or it cannot be loaded.
        """
        try:
            return self._holder.current()
        except NoPromotedModelError:
            self._register_starter()
            return self._holder.current()

    def _register_starter(self) -> None:
        # A conflict means that another replica was faster.
        with self._registering, suppress(ConflictError), self._database.session() as session:
            ensure_starter(session, self._store)

    def warm_up(self) -> None:
        """Loads the model and, by writing once, the language tools that check its texts. Raises as ``load`` does."""
        self.load()
        self._holder.generate(Profile(external_id="warm-up", title="Продавец", city="Казань"), n=1, seed=0)

    def ready(self) -> Ready:
        """Raises a typed error (503) when the database does not answer or no model can be loaded."""
        self._database.ping()
        policy = self.load()
        return Ready(model_version=policy.model_version_id, model_name=policy.name)

    def generate(self, request: GenerateRequest) -> GenerateResponse:
        """Writes for one person. Neither résumé nor texts are stored, only that something was offered."""
        generation = self._holder.generate(request.profile(), request.n, request.seed)
        identifier = secrets.token_hex(16)
        with self._database.session() as session:
            session.add(
                Impression(
                    generation_id=identifier,
                    model_version_id=generation.model_version_id,
                    candidate_count=len(generation.texts),
                )
            )
        return GenerateResponse(
            generation_id=identifier,
            model_version=generation.model_version_id,
            candidates=[CandidateOut(text=text, violations=[]) for text in generation.texts],
        )
