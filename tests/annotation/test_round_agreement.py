"""Agreement over a round in the database, its page and its command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from annotation.agreement_page import render_page
from annotation.rank_tables import mid_ranks
from annotation.round_agreement import round_agreement
from app.cli.main import main
from db.session import Database
from tests.annotation.round_world import RoundWorld


def test_mid_ranks() -> None:
    assert mid_ranks([[7], [3, 9], [5]]) == {7: 1.0, 3: 2.5, 9: 2.5, 5: 4.0}


def test_agreement_over_a_round(database: Database) -> None:
    with database.session() as session:
        world = RoundWorld(session)
        who = [world.annotator(f"эксперт-{n}") for n in range(3)]
        for task, order in enumerate(["0>1>2>3", "3>1>0>2"]):
            world.task()
            world.ranking(task, who[0], order)
            world.ranking(task, who[1], order, flags="1")
        world.task()
        world.ranking(2, who[2], "0>1>2>3")
        rejected = world.ranking(2, who[0], "0>1>2>3")
        rejected.status, rejected.reason, rejected.order = "rejected", "incomplete: card 2", None
        session.flush()
        found = round_agreement(session, world.round)
    assert (found.overall.alpha, found.overall.kendall_w, found.overall.tau_b) == (1.0, 1.0, 1.0)
    assert (found.overall.rankings, found.overall.units, found.overall.overlapping_units) == (5, 3, 2)
    assert [(pair.first, pair.second, pair.tasks, pair.tau_b) for pair in found.pairs] == [
        ("эксперт-0", "эксперт-1", 2, 1.0),
        ("эксперт-0", "эксперт-2", 0, None),
        ("эксперт-1", "эксперт-2", 0, None),
    ]
    assert [(one.rankings, one.flags, one.median_seconds) for one in found.annotators] == [
        (2, 0, 30.0),
        (2, 2, 30.0),
        (1, 0, 30.0),
    ]
    assert found.rejected == {"incomplete": 1}
    page = render_page(found)
    assert "эксперт-0 и эксперт-1" in page
    assert "места указаны не у всех вариантов" in page
    assert "http" not in page, "needs nothing from elsewhere"
    json.dumps(found.to_dict(), allow_nan=False)


def test_command(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    with database.session() as session:
        world = RoundWorld(session)
        world.task()
        for name in ("эксперт-1", "эксперт-2"):
            world.ranking(0, world.annotator(name), "0>1>2>3")
    result = run(main, ["agreement", "--round", "1", "--json", "--html", str(tmp_path / "a.html")])
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert (answer["alpha"], answer["alpha_interval"]) == (1.0, None)
    assert answer["reasons"]["alpha_interval"] == "one unit alone cannot be resampled"
    assert "Альфа Криппендорфа" in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "kendall_w" in run(main, ["agreement"]).stdout
