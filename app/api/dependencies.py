"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from app.api.serving import Serving
from app.settings import Settings
from db.session import Database


def _serving(request: Request) -> Serving:
    found: Serving = request.app.state.serving
    return found


def _database(request: Request) -> Database:
    found: Database = request.app.state.database
    return found


def _settings(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


ServingDependency = Annotated[Serving, Depends(_serving)]
DatabaseDependency = Annotated[Database, Depends(_database)]
SettingsDependency = Annotated[Settings, Depends(_settings)]
