"""``python -m bench [NAME…] [--json]``: runs every bench of this package, or those named."""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any

import bench


def main() -> int:
    """Prints tables, or one JSON object ``{bench: figures}``; 2 for an unknown name."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))
    parser = argparse.ArgumentParser(prog="python -m bench", description=f"Benches: {', '.join(names)}.")
    parser.add_argument("name", nargs="*", help="default: all")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.name) - set(names))
    if unknown:
        parser.error(f"unknown bench {unknown[0]!r}; expected one of {', '.join(names)}")
    results: dict[str, dict[str, Any]] = {}
    for name in arguments.name or names:
        module = importlib.import_module(f"bench.{name}")
        print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", file=sys.stderr, flush=True)
        results[name] = module.run()
        if not arguments.json:
            print("\n".join(_lines(results[name])), flush=True)
    if arguments.json:
        print(json.dumps(results, ensure_ascii=False))
    return 0


def _lines(figures: dict[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, list):
            yield from _table(value)
        else:
            yield f"  {name:32} {_cell(value)}"
    yield ""


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    cells = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    for line in cells:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()


def _cell(value: Any) -> str:
    return "-" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
