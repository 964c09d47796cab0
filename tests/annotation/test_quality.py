"""Quality of annotators from the database: the careless are found, the careful left alone; hints and the command."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from annotation.agreement_report import agreement_report, comparable_rounds
from annotation.estimates import Estimate
from annotation.quality import AnnotatorQuality, TeamQuality, team_quality
from annotation.quality_hints import hints_for
from annotation.report.words import HINTS
from annotation.round_agreement import round_agreement
from annotation.segments import segments_of
from app.cli.main import main
from db.errors import NotFoundError
from db.session import Database
from tests.annotation.crowd import Crowd, Habit

CAREFUL = ("lisa-01", "sova-02", "yozh-03")
HABITS = [
    *(Habit(name, noise=0.4) for name in CAREFUL),
    Habit("bober-04", pull=1.0),
    Habit("zayats-05", noise=9, pace=10, ties=0),
    Habit("krot-06", reverse=True, flags=0.2),
]


@pytest.fixture
def team(database: Database) -> dict[str, AnnotatorQuality]:
    """Quality of the crowd in a round of 60 regular tasks, each for four of six people, 6 gold and 20 repeated ones."""
    with database.session() as session:
        crowd = Crowd(session, HABITS)
        round_ = crowd.round(1, 60, overlap=4, gold=6, repeats=20)
        crowd.refuse(round_, "zayats-05", "rejected", "too_fast: 3 s for 900 characters", 40)
        crowd.refuse(round_, "zayats-05", "rejected", "untouched: nothing has a place", 2)
        crowd.refuse(round_, "lisa-01", "withdrawn", "skipped: не знаю профессию", 3)
        crowd.refuse(round_, "lisa-01", "withdrawn", "skipped", 1)
        crowd.refuse(round_, "lisa-01", "withdrawn", "deleted in Label Studio", 1)
        return {one.pseudonym: one for one in team_quality(session, [round_]).annotators}


def codes(one: AnnotatorQuality) -> set[str]:
    found = {hint.code for hint in one.hints}
    assert found <= set(HINTS), "the report has Russian for every hint"
    return found


def test_habits_are_found(team: dict[str, AnnotatorQuality]) -> None:
    assert {name: codes(team[name]) for name in CAREFUL} == {name: set() for name in CAREFUL}
    assert "position_bias" in codes(team["bober-04"])
    assert codes(team["zayats-05"]) >= {"inconsistent", "speeder", "many_rejected"}
    assert codes(team["krot-06"]) >= {"below_chance", "gold_by_chance", "false_flags"}
    assert not any("position_bias" in codes(team[name]) for name in ("krot-06", "zayats-05"))
    taus = {name: one.consensus_tau.value or 0.0 for name, one in team.items()}
    assert min(taus[name] for name in CAREFUL) > 0.25 > max(taus["zayats-05"], taus["krot-06"])
    for name in CAREFUL:
        assert (team[name].gold_accuracy.value or 0) > 0.85
        assert (team[name].consistency_tau.value or 0) > 0.3
        assert team[name].gold_flag_recall.value == 1.0
    assert team["krot-06"].hints[0].command == (
        "raisontext annotators exclude krot-06 --reason 'ranks against the others'"
    )
    assert "raisontext annotators weight bober-04 0.5 --reason 'ranks follow the shown places'" in {
        hint.command for hint in team["bober-04"].hints
    }
    lisa, zayats = team["lisa-01"], team["zayats-05"]
    assert lisa.rankings["gold"] == 6
    assert lisa.assigned == sum(lisa.rankings.values()) == sum(lisa.days.values())
    assert lisa.skips == {"не знаю профессию": 3, "": 1}
    assert lisa.rejected == {}
    assert zayats.rejected == {"too_fast": 40, "untouched": 2}
    assert zayats.rejected_share.count == 42 + sum(zayats.rankings.values())
    assert (zayats.seconds_per_100 or 0) < (lisa.seconds_per_100 or 0) / 3
    assert (zayats.speeders.value or 0) > 0.8
    assert lisa.position.p_holm == 1.0 or (lisa.position.p_holm or 0) >= (lisa.position.p or 0)


def test_gold_and_repeated_tasks_do_not_count_in_agreement(database: Database) -> None:
    with database.session() as session:
        crowd = Crowd(session, HABITS[:3])
        round_ = crowd.round(1, 5, overlap=3, gold=4, repeats=3)
        found = round_agreement(session, round_)
        assert (found.overall.units, found.overall.rankings) == (5, 15)
        assert sum(one.rankings for one in found.annotators) == 15
        assert {(one.kind, one.value) for one in found.segments} >= {("selection", "random"), ("data", "much")}
        for kind in ("profession", "experience", "data", "selection"):
            assert sum(one.agreement.units for one in found.segments if one.kind == kind) == 5


def test_weight_0_leaves_agreement_and_the_others_consensus(database: Database) -> None:
    with database.session() as session:
        crowd = Crowd(session, [Habit("a", noise=0.2), Habit("b", noise=0.2), Habit("c", reverse=True, noise=0.2)])
        round_ = crowd.round(1, 30)
        before = round_agreement(session, round_)
        crowd.people["c"].weight = 0
        session.flush()
        after = round_agreement(session, round_)
        quality = {one.pseudonym: one for one in team_quality(session, [round_]).annotators}
    assert (before.excluded, after.excluded) == ([], ["c"])
    assert (before.overall.alpha or 0) < 0 < 0.6 < (after.overall.alpha or 0)
    assert after.overall.alpha == pytest.approx(
        next(one.alpha_without for one in before.annotators if one.pseudonym == "c")
    )
    assert (quality["a"].consensus_tau.value or 0) > 0.6
    assert codes(quality["c"]) == {"below_chance"}


def test_rounds_of_programs_and_people_do_not_mix(database: Database) -> None:
    with database.session() as session:
        with pytest.raises(NotFoundError, match="found none"):
            comparable_rounds(session)
        crowd = Crowd(session, [Habit("a"), Habit("b")], simulated=True)
        first = crowd.round(1, 4)
        assert [round_.number for round_ in comparable_rounds(session)] == [1]
        crowd.simulated = False
        second = crowd.round(2, 6)
        crowd.round(3, 0)
        assert [round_.number for round_ in comparable_rounds(session)] == [2]
        report = agreement_report(session, comparable_rounds(session))
        assert [(point.round, point.simulated) for point in report.trend] == [(1, True), (2, False)]
        assert (report.chosen.simulated, report.quality.simulated) == (False, False)
        assert team_quality(session, [first, second]).simulated
        pooled = agreement_report(session, [first, second])
        assert (pooled.chosen.round, pooled.rounds, pooled.chosen.overall.units) == (None, [1, 2], 10)
        json.dumps(pooled.to_dict(), allow_nan=False)


def test_nothing_yet(database: Database) -> None:
    with database.session() as session:
        round_ = Crowd(session, HABITS[:1]).round(1, 0)
        found = team_quality(session, [round_])
        assert found == TeamQuality([1], False, None, [], {})


def test_hints_need_evidence(database: Database) -> None:
    with database.session() as session:
        one = team_quality(session, [Crowd(session, HABITS[:2]).round(1, 1)]).annotators[0]
    assert one.hints == []
    chance = Estimate(0.05, (-0.1, 0.2), 9)
    right = Estimate(0.9, (0.8, 0.95), 40)
    unknown = Estimate(None, None, 0, "none")
    assert hints_for(replace(one, consensus_tau=chance, gold_accuracy=unknown)) == []
    enough = replace(one, consensus_tau=replace(chance, count=10), gold_accuracy=unknown)
    assert [hint.code for hint in hints_for(enough)] == ["chance_agreement"]
    alone = hints_for(replace(enough, gold_accuracy=right))
    assert [(hint.code, hint.command) for hint in alone] == [("lone_voice", None)]
    assert hints_for(replace(one, consensus_tau=unknown, gold_accuracy=unknown, consistency_tau=unknown)) == []


def test_segments() -> None:
    profile = {"title": "Медсестра", "gender": "female", "experience": [{"position": "Санитарка", "start": "2001-01"}]}
    assert segments_of(profile, "active") == {
        "profession": "medicine", "experience": "10+ years", "data": "little", "selection": "active",
    }  # fmt: skip
    assert segments_of({}, "random")["experience"] == "none"
    assert segments_of({"experience": [{"position": "Швея"}]}, "random")["experience"] == "unknown"


def test_command(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAISONTEXT_DATABASE_URL", database.url)
    monkeypatch.setenv("RAISONTEXT_DATA_DIR", str(tmp_path))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    assert "found none" in run("quality", "--all").stderr
    with database.session() as session:
        Crowd(session, [Habit("a", noise=0.3), Habit("b", noise=0.3), Habit("krot", reverse=True)]).round(1, 15)
    answer = json.loads(run("quality", "--json").stdout)
    assert answer["rounds"] == [1]
    assert [one["pseudonym"] for one in answer["annotators"]] == ["a", "b", "krot"]
    assert 0 < answer["annotators"][0]["position"]["p_holm"] <= 1
    shown = run("quality", "--all").stdout
    assert "a person decides" in shown
    assert "raisontext annotators exclude krot " in shown
    suggested = next(line.strip() for line in shown.splitlines() if "annotators exclude krot" in line)
    assert run(*shlex.split(suggested)[1:]).exit_code == 0
    assert {one["pseudonym"]: one["weight"] for one in json.loads(run("quality", "--json").stdout)["annotators"]} == {
        "a": 1, "b": 1, "krot": 0,
    }  # fmt: skip
    assert json.loads(run("agreement", "--json").stdout)["excluded"] == ["krot"]
    assert run("quality", "--all", "--round", "1").exit_code == 2
    assert "no round 7" in run("quality", "--round", "7").stderr
