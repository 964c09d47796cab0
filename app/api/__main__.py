"""``python -m app.api``: serves the API on ``HOST`` and ``API_PORT``."""

from __future__ import annotations

import logging
import sys

from app.configuration import load_settings
from db.errors import RaisonTextError


def serve() -> int:
    """Runs until SIGTERM or Ctrl-C; returns the exit code."""
    import uvicorn

    from app.api.application import create_app
    from db.session import open_database

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = load_settings()
        with open_database(settings.database_url, settings.data_dir) as database:
            app = create_app(settings, database)
            # Access lines have paths and statuses, never bodies.
            uvicorn.run(app, host=settings.host, port=settings.api_port, log_config=None)
    except RaisonTextError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - the one line that a failed start leaves
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(serve())
