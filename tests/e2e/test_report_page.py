"""The agreement report in a browser without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from annotation.agreement_report import agreement_report
from annotation.report.page import render_page
from db.session import Database
from tests.annotation.crowd import Crowd, Habit

pytestmark = pytest.mark.e2e


def test_the_report_opens_offline_and_fits(database: Database, page: Page, tmp_path: Path) -> None:
    habits = [Habit("lisa-01"), Habit("sova-02"), Habit("bober-04", pull=1.0)]
    with database.session() as session:
        found = agreement_report(session, [Crowd(session, habits).round(1, 12, gold=2, repeats=2)])
    target = tmp_path / "report.html"
    target.write_text(render_page(found), encoding="utf-8")
    requests: list[str] = []
    complaints: list[str] = []
    page.context.set_offline(True)
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(target.as_uri())
    assert requests == [target.as_uri()]
    assert complaints == []
    for figure in page.get_by_role("img").all():
        box = figure.bounding_box()
        assert box is not None
        assert box["width"] > 150
        assert box["height"] > 80
    assert (
        page.get_by_role("img", name="Доля совпавших сравнений рядом с опубликованными").get_by_text("72,6").count()
        == 1
    )
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('svg text')].map(text => text.getBoundingClientRect().height))"
    )
    assert smallest >= 9, "letters of drawings can be read"
    for summary in page.locator("summary").all():
        summary.click()
    for width in (1366, 400):  # a phone as well
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
