"""``raisontext up``, ``down``, ``status``, ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.cli import output, runtime

if TYPE_CHECKING:
    from rich.console import RenderableType

    from app.control import Report
    from app.doctor import Finding
    from app.state import StackState


@click.command()
@click.option("--detach", is_flag=True, help="Return when everything is ready; stop it with `raisontext down`.")
def up(detach: bool) -> None:
    """Start PostgreSQL, Label Studio, the API, the demo page and the worker; Ctrl-C ends all of them."""
    settings = runtime.settings()
    if detach:
        from app.control import start_detached

        output.emit(start_detached(settings), _running)
        return
    from app.stack import Stack, interruptible
    from app.state import read_state

    with interruptible(), Stack(settings, say=output.note) as stack:
        stack.start()
        state = read_state(settings.data_dir)
        assert state is not None  # this process holds it
        output.emit(state, _running)
        try:
            output.note("Ctrl-C ends all of it.")
            stack.wait()
        except KeyboardInterrupt:
            output.note("stopping…")


@click.command()
def down() -> None:
    """Stop what `raisontext up` started."""
    from app.control import stop

    pid = stop(runtime.settings().data_dir)
    output.emit(
        {"stopped": pid is not None, "pid": pid}, lambda data: "Stopped." if data["stopped"] else "Nothing ran."
    )


@click.command()
def status() -> None:
    """Show what runs, where, and how it is."""
    from app.control import report

    output.emit(report(runtime.settings()), _status)


@click.command()
def doctor() -> None:
    """Look for what is wrong with this machine or installation; exit code 1 if anything is."""
    from app.doctor import examine

    findings = examine(runtime.settings())
    healthy = all(finding.ok for finding in findings)
    output.emit({"ok": healthy, "checks": findings}, lambda _data: _findings(findings))
    if not healthy:
        raise click.exceptions.Exit(1)


def _running(state: StackState) -> RenderableType:
    return output.table(("service", "where"), ((service.name, service.url) for service in state.services))


def _status(report: Report) -> RenderableType:
    if report.state == "stopped":
        return "Nothing runs. Start it with `raisontext up`."
    rows = ((one.name, "ok" if one.healthy else "BAD", one.url, one.pid, one.detail) for one in report.services)
    return output.table(("service", "health", "where", "process", "detail"), rows, title=f"RaisonText: {report.state}")


def _findings(findings: list[Finding]) -> RenderableType:
    rows = (("ok" if one.ok else "BAD", one.name, one.found, "" if one.ok else one.advice) for one in findings)
    return output.table(("", "check", "found", "what to do"), rows)
