"""Where a training run works: resumable after ``kill -9``, and whole or absent when it ends.

Beside the output directory ``NAME`` stand ``.NAME.work`` while the run goes on (checkpoints) and ``NAME.run.json``
when it has ended (what was run and what came of it). Output and record appear by renames, in this order, so that a
run that was killed anywhere is either continued or found finished.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from trainer.errors import TrainingError

_STATE = "trainer_state.json"


class Workspace:
    """The working directory of the run that ``fingerprint`` (any JSON) describes and whose result goes to ``output``.

    A working directory left by a run with another fingerprint is deleted.
    """

    def __init__(self, output: Path, fingerprint: dict[str, Any]) -> None:
        self.output = output
        self.fingerprint = fingerprint_hash(fingerprint)
        self.work = output.parent / f".{output.name}.work"
        self._record = output.parent / f"{output.name}.run.json"

    def finished(self) -> dict[str, Any] | None:
        """The result of this very run if it ended before, else null.

        Raises:
            TrainingError: the output directory holds something else.
        """
        record = _read(self._record)
        if record is not None and record.get("fingerprint") == self.fingerprint:
            if not self.output.exists() and (self.work / "final").is_dir():
                self._publish()
            if self.output.is_dir():
                result: dict[str, Any] = record["result"]
                return result
        if self.output.exists():
            raise TrainingError(f"expected no model at {self.output} yet, found the result of another run; remove it")
        return None

    def prepare(self) -> Path | None:
        """Make the working directory; the newest whole checkpoint to go on from, or null to begin."""
        mark = self.work / "run.json"
        if (_read(mark) or {}).get("fingerprint") != self.fingerprint:
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir(parents=True)
            _write(mark, {"fingerprint": self.fingerprint})
        return self._last_checkpoint()

    def finish(self, final: Path, result: dict[str, Any]) -> None:
        """Publish ``final`` (inside the working directory) as the output, with its record."""
        target = self.work / "final"
        if final != target:
            shutil.rmtree(target, ignore_errors=True)
            final.rename(target)
        _write(self._record, {"fingerprint": self.fingerprint, "result": result})
        self._publish()

    def _publish(self) -> None:
        (self.work / "final").rename(self.output)
        shutil.rmtree(self.work, ignore_errors=True)

    def _last_checkpoint(self) -> Path | None:
        """Checkpoints are whole once their state is written, which comes last; broken ones are deleted."""
        whole: list[tuple[int, Path]] = []
        for path in self.work.glob("checkpoint-*"):
            state = _read(path / _STATE)
            if state is None:
                shutil.rmtree(path)
            else:
                whole.append((int(state["global_step"]), path))
        return max(whole)[1] if whole else None


def fingerprint_hash(content: Any) -> str:
    """sha256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return content


def _write(path: Path, content: dict[str, Any]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
