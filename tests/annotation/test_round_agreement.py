"""Agreement over a round in the database, its page and its command."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from annotation import agreement, alpha, estimates, position_bias, quality, quality_measures
from annotation.agreement_report import agreement_report
from annotation.rank_tables import mid_ranks
from annotation.report.markup import number, percent, plural
from annotation.report.page import render_page
from annotation.report.words import HINTS, REASONS
from annotation.round_agreement import round_agreement
from app.cli.main import main
from db.session import Database
from tests.annotation.crowd import Crowd, Habit
from tests.annotation.round_world import RoundWorld

VOID = {"meta", "br", "path", "use", "rect"}


class Page(HTMLParser):
    """What a page fetches, its ids and references to them; fails where tags do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.references: set[str] = set()
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "xlink:href", "src", "srcset", "data"):
                self.references.add(value or "") if (value or "").startswith("#") else self.fetched.append(value or "")
            self.references |= {f"#{found}" for found in re.findall(r"url\(#([^)]+)\)", value or "")}

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag, tag


def check_page(text: str) -> Page:
    """The page is whole in itself."""
    found = Page(text)
    assert found.open == []
    assert found.fetched == []
    assert len(found.ids) == len(set(found.ids)), "ids of several drawings must not clash"
    assert found.references <= {f"#{one}" for one in found.ids}
    assert not re.search(r"https?:|@import|<script|<link|<img|data:", text), "needs nothing from elsewhere"
    assert "nan" not in re.findall(r"[a-z]+", re.sub(r"<[^>]+>", " ", text))
    return found


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
        page = render_page(agreement_report(session, [world.round]))
    assert (found.overall.alpha, found.overall.kendall_w, found.overall.tau_b) == (1.0, 1.0, 1.0)
    assert (found.overall.rankings, found.overall.units, found.overall.overlapping_units) == (5, 3, 2)
    assert [(pair.first, pair.second, pair.tasks, pair.tau_b) for pair in found.pairs] == [
        ("эксперт-0", "эксперт-1", 2, 1.0),
        ("эксперт-0", "эксперт-2", 0, None),
        ("эксперт-1", "эксперт-2", 0, None),
    ]
    assert [(one.rankings, one.flags, one.median_seconds, one.tau_b) for one in found.annotators] == [
        (2, 0, 30.0, 1.0),
        (2, 2, 30.0, 1.0),
        (1, 0, 30.0, None),
    ]
    assert found.rejected == {"incomplete": 1}
    check_page(page)
    assert "места указаны не у всех вариантов" in page
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_page_shows_everything(database: Database) -> None:
    habits = [
        Habit("lisa-01"),
        Habit("sova-02"),
        Habit("bober-04", pull=1.5),
        Habit("zayats-05", noise=9, pace=8, ties=0),
    ]
    with database.session() as session:
        crowd = Crowd(session, [*habits, Habit("krot-06", reverse=True, flags=0.2, weight=0)])
        crowd.round(1, 12, gold=1)
        last = crowd.round(2, 40, overlap=4, gold=3, repeats=4)
        crowd.refuse(last, "zayats-05", "rejected", "too_fast: 3 s", 3)
        crowd.refuse(last, "lisa-01", "withdrawn", "skipped: <b>не знаю", 2)
        report = agreement_report(session, [last])
    page = render_page(report)
    found = check_page(page)
    assert page == render_page(report), "the same report gives the same page"
    drawings = ("published", "trend", "segments", "pairs", "measures", "times", "places", "days")
    assert {f"{name}-title" for name in drawings} <= set(found.ids)
    assert page.count('role="img"') == len(drawings)
    text = re.sub(r"<[^>]+>", " ", page)
    for shown in (
        "Раунд 2", "InstructGPT", "72,6\u00a0%", "arXiv:2203.02155", "77,0\u00a0%", "63,0\u00a0%",
        "Не учтены (вес 0): krot-06",
        "слишком быстро для такого объёма текста", "&lt;b&gt;не знаю", number(report.chosen.overall.alpha),
        percent(report.chosen.overall.decided_agreement), HINTS["position_bias"], HINTS["speeder"],
        "raisontext annotators exclude krot-06",
    ):  # fmt: skip
        assert shown in text, shown
    assert "Данные учебные" not in page
    plain = re.sub(
        r"<style>.*?</style>|<code>.*?</code>|<[^>]+>|arXiv\S+|section \S+|\d\d\.\d\d(\.\d{4})?",
        " ",
        page,
        flags=re.DOTALL,
    )
    assert re.findall(r"\d+\.\d+", plain) == [], "decimal commas"


def test_pages_of_little_and_of_programs(database: Database) -> None:
    with database.session() as session:
        crowd = Crowd(session, [Habit("a"), Habit("b")], simulated=True)
        empty = crowd.round(1, 0)
        check_page(nothing := render_page(agreement_report(session, [empty])))
        alone = crowd.round(2, 2, overlap=1)
        check_page(lonely := render_page(agreement_report(session, [alone])))
        single = crowd.round(3, 1, overlap=2)
        check_page(one := render_page(agreement_report(session, [single])))
    assert "О согласии судить нельзя" in nothing
    assert "нет ни одной задачи, которую оценили двое" in lonely
    assert "Данные учебные: оценки ставили программы, а не люди." in one
    assert "для интервала нужно больше одной общей задачи" in one


def test_every_reason_has_its_russian() -> None:

    modules = (agreement, alpha, estimates, position_bias, quality, quality_measures)
    texts = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    }
    assert texts == set(REASONS)


def test_numbers_as_russians_write_them() -> None:
    assert [number(value) for value in (None, -0.001, -1.255, 2)] == ["—", "0,00", "−1,25", "2,00"]
    assert percent(0.726, 1) == "72,6\u00a0%"
    assert [plural(count, "раунд", "раунда", "раундов").split("\u00a0")[1] for count in (1, 2, 5, 11, 21, 112)] == [
        "раунд", "раунда", "раундов", "раундов", "раунд", "раундов",
    ]  # fmt: skip


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
    assert [(one["round"], one["alpha"]) for one in answer["trend"]] == [(1, 1.0)]
    assert {one["link"] for one in answer["published"]} == {"arXiv:2203.02155", "arXiv:2009.01325", "arXiv:2204.05862"}
    check_page((tmp_path / "a.html").read_text(encoding="utf-8"))
    shown = run(main, ["agreement", "--all"]).stdout
    assert "kendall_w" in shown
    assert "0.726 ± 0.015" in shown
    assert run(main, ["agreement", "--all", "--round", "1"]).exit_code == 2
