"""``python -m app.demo``: serves the page on ``HOST`` and ``DEMO_PORT``."""

from __future__ import annotations

from pathlib import Path

from app.settings import Settings


def arguments(settings: Settings) -> list[str]:
    """Command line of Streamlit; everything else stands in ``.streamlit/config.toml`` beside the page."""
    page = Path(__file__).with_name("page.py")
    return [
        "run",
        str(page),
        f"--server.address={settings.host}",
        f"--server.port={settings.demo_port}",
        "--server.headless=true",
        "--browser.gatherUsageStats=false",
    ]


def serve() -> None:
    """Runs until SIGTERM or Ctrl-C."""
    from streamlit.web.cli import main

    main(arguments(Settings()), prog_name="streamlit")


if __name__ == "__main__":
    serve()
