"""What `round start` keeps of its options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from app import rounds
from app.cli import runtime
from app.cli.main import main
from app.settings import Settings
from db.errors import InvalidInputError
from db.models import Round, SamplingItem, SamplingRun
from db.session import Database
from resumes.ingest import ingest_profiles
from resumes.synthetic import generate_profiles


def test_a_round_keeps_its_plan_and_samples_the_whole_pool(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        ingest_profiles(session, generate_profiles(80, 5, vocabulary="heldout"), "synthetic", synthetic=True)
    plan = rounds.Plan(
        resumes=4,
        overlap=3,
        seed=9,
        simulated=True,
        overlap_share=0.25,
        gold_share=0.05,
        repeat_share=0.1,
        strategy="adjacent",
        minimum_agreement=0.6,
        select="active",
        control_share=0.3,
        pool=7,
        allow_violations=2,
    )

    number = rounds.start(database, Settings(data_dir=tmp_path), plan)

    with database.session() as session:
        round_ = session.scalars(select(Round)).one()
        assert (round_.number, round_.overlap, round_.simulated) == (number, 3, True)
        assert round_.config == {
            "seed": 9,
            "resumes": 4,
            "overlap_share": 0.25,
            "gold_share": 0.05,
            "repeat_share": 0.1,
            "strategy": "adjacent",
            "minimum_agreement": 0.6,
            "select": "active",
            "control_share": 0.3,
            "allow_violations": 2,
        }
        assert rounds.describe(session, round_)["config"] == round_.config
        assert session.scalar(select(func.count()).select_from(SamplingItem)) == 7
        assert session.scalars(select(SamplingRun)).one().decoding["selection"]["allow_violations"] == 2


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"gold_share": 1.5}, "gold_share from 0 to 1, found 1.5"),
        ({"overlap_share": -0.1}, "overlap_share from 0 to 1"),
        ({"allow_violations": 5}, "allow_violations from 0 to 4, found 5"),
        ({"pool": 30}, "a pool only where résumés are chosen"),
        ({"select": "active", "pool": 9}, "a pool of at least 10 résumés, found 9"),
    ],
)
def test_plans_that_make_no_sense(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        rounds.Plan(10, **values)


def test_the_pool_is_four_times_the_choice_unless_given() -> None:
    assert rounds.Plan(10).sampled == 10
    assert rounds.Plan(10, select="active").sampled == 40
    assert rounds.Plan(10, select="active", pool=12).sampled == 12


def test_the_command_line_hands_everything_on(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[rounds.Plan] = []

    def start(_database: Database, _settings: Settings, plan: rounds.Plan) -> int:
        plans.append(plan)
        raise InvalidInputError("seen")

    monkeypatch.setattr(rounds, "start", start)
    monkeypatch.setattr(runtime, "settings", lambda: Settings(database_url=database.url, data_dir=tmp_path))
    options = "--resumes 5 --overlap 2 --overlap-share 0.5 --gold 0.1 --repeat 0.2 --strategy best_worst --seed 4"
    active = "--minimum-agreement 0.7 --select active --pool 20 --control-share 0.4 --allow-violations 3"

    result = CliRunner().invoke(main, ["round", "start", *options.split(), *active.split()])
    default = CliRunner().invoke(main, ["round", "start"])

    assert (result.exit_code, default.exit_code) == (1, 1)
    assert plans == [
        rounds.Plan(5, 2, 4, False, 0.5, 0.1, 0.2, "best_worst", 0.7, "active", 0.4, 20, 3),
        rounds.Plan(60),
    ]
