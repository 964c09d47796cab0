"""Where a model runs: ``auto`` takes the first CUDA GPU that the runtime sees, else the CPU."""

from __future__ import annotations

from sampler.errors import EngineError

DEVICES = ("auto", "cpu", "cuda")


def pick_device(engine: str, wanted: str, gpus: int) -> str:
    """``cpu`` or ``cuda``, given how many GPUs the runtime of ``engine`` can use.

    Raises:
        EngineError: there is no such device, or a GPU is asked for and there is none.
    """
    if wanted not in DEVICES:
        raise EngineError(f"Device: expected one of {', '.join(DEVICES)}, found {wanted!r}")
    if wanted == "cuda" and not gpus:
        raise EngineError(f"Engine {engine}: expected a CUDA GPU (device 'cuda' is asked for), found none")
    if wanted == "auto":
        return "cuda" if gpus else "cpu"
    return wanted


def on_device(version: str, device: str) -> str:
    """The version that is stored with a run; a GPU rounds otherwise than a CPU, so that samples differ."""
    return version if device == "cpu" else f"{version} {device}"
