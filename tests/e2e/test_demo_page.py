"""The demo page in a real Chromium, on a real API with the starter model."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app import services
from app.demo.client import DOWN
from app.processes import Child, Supervisor, free_port
from app.settings import Settings
from db.embedded import EmbeddedPostgres

pytestmark = pytest.mark.e2e

SCREENSHOTS = os.environ.get("RAISONTEXT_TEST_SCREENSHOTS")
VIEWPORT = {"width": 1366, "height": 768}


@dataclass
class Site:
    """A running page and the API behind it."""

    url: str
    api: Child


@pytest.fixture
def site(pg_server: EmbeddedPostgres, tmp_path: Path) -> Iterator[Site]:
    """A page and an API of this test alone."""
    pg_server.create_database("demo_page")
    settings = Settings(data_dir=tmp_path)
    ports = [free_port(settings.host, 0, set()) for _ in range(2)]
    with Supervisor() as supervisor:
        api = services.api(settings, ports[0], pg_server.url("demo_page"))
        assert api.url is not None
        page = services.demo(settings, ports[1], api.url)
        assert page.url is not None
        for service in (api, page):
            supervisor.start(service.child)
        for service in (api, page):
            service.wait(supervisor.dead)
        yield Site(page.url, api.child)


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Page:
    """A visitor whose browser lets the page write to the clipboard."""
    context = browser.new_context(viewport=VIEWPORT, permissions=["clipboard-read", "clipboard-write"])  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page.goto(site.url)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_write_choose_edit_and_copy(visitor: Page) -> None:
    press(visitor, "Заполнить пример")
    expect(visitor.get_by_label("Город проживания")).to_have_value("Казань")
    press(visitor, "Написать")
    variants = visitor.locator("p.variant")
    expect(variants.nth(1)).to_be_visible()
    texts = variants.all_inner_texts()
    assert len(set(texts)) == len(texts) >= 2
    assert all(len(text) > 40 and re.search("[а-я]{3}", text) for text in texts)

    area = visitor.get_by_label("Ваш текст")
    expect(area).to_have_value(texts[0])
    if SCREENSHOTS:  # for the README: RAISONTEXT_TEST_SCREENSHOTS=docs/img
        visitor.screenshot(path=Path(SCREENSHOTS) / "demo.png")
    press(visitor, "Выбрать вариант 2")
    expect(area).to_have_value(texts[1])

    area.fill(f"{texts[1]} Готова к командировкам.")
    # The click comes before the page has heard of the edit.
    press(visitor, "Скопировать")
    expect(visitor.get_by_role("button", name="Скопировано")).to_be_visible()
    assert visitor.evaluate("navigator.clipboard.readText()") == f"{texts[1]} Готова к командировкам."


def test_typed_fields_reach_the_text(visitor: Page) -> None:
    visitor.get_by_label("Профессия").fill("Бухгалтер")
    visitor.get_by_role("radio", name="Женский").or_(visitor.get_by_role("button", name="Женский")).first.click()
    visitor.get_by_label("Навыки").fill("1С, Excel")
    visitor.get_by_label("Навыки").press("Enter")
    press(visitor, "Написать")
    expect(visitor.locator("p.variant").first).to_be_visible()
    said = " ".join(visitor.locator("p.variant").all_inner_texts()).lower()
    assert "бухгалтер" in said or "excel" in said or "1с" in said


def test_a_service_that_is_down_is_said_plainly(visitor: Page, site: Site) -> None:
    press(visitor, "Заполнить пример")
    expect(visitor.get_by_label("Город проживания")).to_have_value("Казань")
    site.api.signal(9)
    press(visitor, "Написать")
    expect(visitor.get_by_role("alert")).to_contain_text(DOWN)
    expect(visitor.get_by_label("Город проживания")).to_have_value("Казань")
    assert "Traceback" not in visitor.content()
