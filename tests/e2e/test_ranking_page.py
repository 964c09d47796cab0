"""A person ranks in the browser; exactly the pairs that follow are in PostgreSQL."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from annotation.consensus import build_pairs
from annotation.instruction import instruction_html
from annotation.pairs import pairs_from_ranking
from annotation.push import push
from annotation.sync import sync
from db.models import Candidate, PreferencePair, Ranking, RankingTask
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e import ranking_page
from tests.e2e.conftest import BROWSER_WAIT_MS, LabelStudioUnderTest
from tests.e2e.sample_task import FALSE_TEXT, LONG_TEXTS, PLACES, PROFILE

pytestmark = pytest.mark.e2e

# A script does not read: the rule of least reading time is off.
UNHURRIED = {"minimum_seconds_per_character": 0}
SCREENSHOTS = os.environ.get("RAISONTEXT_TEST_SCREENSHOTS")


def test_a_ranking_by_keyboard_becomes_exactly_its_pairs(
    database: Database, label_studio: LabelStudioUnderTest, page: Page
) -> None:
    round_id = make_round(database, 1, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-keyboard"))
    ranking_page.open_queue(page, pushed.project_url)
    shown = ranking_page.shown_texts(page)

    # Card 3 is best, cards 1 and 4 share the second place, card 2 is last and false.
    presses = ranking_page.press(page, {0: 2, 1: 4, 2: 1, 3: 2}, false_cards=(1,))
    ranking_page.submit(page)
    assert presses + 1 == 6
    report = sync(database, label_studio.client, round_id)

    assert (report.active, report.rejected) == (1, [])
    with database.session() as session:
        ids = {text: id_ for id_, text in session.execute(select(Candidate.id, Candidate.text))}
        cards = [ids[text] for text in shown]
        ranking = session.scalars(select(Ranking)).one()
        assert session.scalars(select(RankingTask.shown_order)).one() == cards
        assert [sorted(group) for group in ranking.order] == [[cards[2]], sorted([cards[0], cards[3]]), [cards[1]]]
        assert ranking.flags == [cards[1]]
        assert ranking.lead_time is not None
        assert ranking.lead_time > 0
        build_pairs(session, round_id, "all")
    with database.session() as session:
        stored = {(pair.chosen_id, pair.rejected_id) for pair in session.scalars(select(PreferencePair))}
        order = [[str(candidate) for candidate in group] for group in ranking.order]
    best, tied_a, tied_b, worst = cards[2], cards[0], cards[3], cards[1]
    assert stored == {(best, tied_a), (best, tied_b), (best, worst), (tied_a, worst), (tied_b, worst)}
    assert stored == {(int(chosen), int(rejected)) for chosen, rejected in pairs_from_ranking(order, "all")}


def test_the_page_refuses_a_ranking_with_a_place_missing(
    database: Database, label_studio: LabelStudioUnderTest, page: Page
) -> None:
    round_id = make_round(database, 1, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-forgetful"))
    ranking_page.open_queue(page, pushed.project_url)

    ranking_page.press(page, {0: 1, 1: 2, 2: 3})
    page.keyboard.press("Control+Enter")

    page.get_by_text("Вариант 4: выберите место от 1 до 4.").wait_for()
    assert sync(database, label_studio.client, round_id).active == 0


def test_the_keys_work_on_a_russian_keyboard(
    database: Database, label_studio: LabelStudioUnderTest, page: Page
) -> None:
    round_id = make_round(database, 1, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-layout"))
    ranking_page.open_queue(page, pushed.project_url)
    devices = page.context.new_cdp_session(page)

    for letter, key in (("2", "Digit2"), ("й", "KeyQ"), ("в", "KeyD"), ("м", "KeyV"), ("и", "KeyB")):
        # What Chromium sees when that key is struck with the Russian layout on.
        event = {"key": letter, "code": key, "windowsVirtualKeyCode": ord(key[-1])}
        devices.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, **event})
        devices.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    ranking_page.expect_checked(page, 5)
    ranking_page.submit(page)

    assert sync(database, label_studio.client, round_id).active == 1
    with database.session() as session:
        ranking = session.scalars(select(Ranking)).one()
        cards = session.scalars(select(RankingTask.shown_order)).one()
    assert ranking.order == [[cards[1]], [cards[0]], [cards[2]], [cards[3]]]
    assert ranking.flags == [cards[3]]


def test_a_skip_needs_a_reason_and_keeps_it(database: Database, label_studio: LabelStudioUnderTest, page: Page) -> None:
    round_id = make_round(database, 1, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-skipper"))
    ranking_page.open_queue(page, pushed.project_url)

    refused = ranking_page.send(page, ranking_page.SKIP)

    assert refused.status == 400
    page.get_by_text(refused.json()["detail"]).first.wait_for()  # the person sees what the server says
    assert "причин" in refused.json()["detail"]
    assert ranking_page.english(page) == []
    assert len(ranking_page.shown_texts(page)[0]) > 0

    page.keyboard.press("7")
    page.locator(".rt-skip .ant-radio-checked").wait_for()
    skipped = ranking_page.send(page, ranking_page.SKIP)

    assert skipped.ok, skipped.text()
    report = sync(database, label_studio.client, round_id)
    assert (report.active, report.rejected) == (0, [])
    with database.session() as session:
        ranking = session.scalars(select(Ranking)).one()
        assert (ranking.status, ranking.reason) == ("withdrawn", "skipped: резюме непонятно")


def test_the_instruction_with_its_examples_can_be_read(
    database: Database, label_studio: LabelStudioUnderTest, page: Page
) -> None:
    round_id = make_round(database, 1, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-novice"))
    ranking_page.open_queue(page, pushed.project_url)
    opener = page.locator(".lsf-menu-header__context-item_right button")
    asks = "document.documentElement.classList.contains('rt-first-time')"
    assert page.evaluate(asks)

    opener.click()

    body = page.locator(".lsf-modal-ls__body")
    body.get_by_role("heading", name="Пример 2: одинаковые места").wait_for()
    assert body.locator("table").count() == instruction_html().count("<table>") == 3
    assert ranking_page.english(page) == []
    page.keyboard.press("Escape")
    body.wait_for(state="hidden")
    ranking_page.open_queue(page, pushed.project_url)
    assert not page.evaluate(asks)  # once read, it asks no more


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_four_long_texts_are_readable_without_scrolling(
    database: Database, label_studio: LabelStudioUnderTest, browser: Browser, tmp_path: Path, width: int, height: int
) -> None:
    assert all(850 <= len(text) <= 950 for text in LONG_TEXTS)
    round_id = make_round(database, 1, texts=LONG_TEXTS, profile=PROFILE, config=UNHURRIED)
    pushed = push(database, label_studio.client, round_id)
    context = browser.new_context(viewport={"width": width, "height": height}, locale="ru-RU")
    context.set_default_timeout(BROWSER_WAIT_MS)
    page = context.new_page()
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url) if _outside(request.url, label_studio.url) else None)
    page.add_init_script("localStorage.setItem('raisontext.instruction-read', 'yes')")
    ranking_page.log_in(page, label_studio.url, label_studio.account("expert-reader"))
    ranking_page.open_queue(page, pushed.project_url)
    cards = [LONG_TEXTS.index(text) for text in ranking_page.shown_texts(page)]
    ranking_page.press(page, {card: PLACES[text] for card, text in enumerate(cards)}, (cards.index(FALSE_TEXT),))

    target = Path(SCREENSHOTS) if SCREENSHOTS else tmp_path
    name = "ranking.png" if width == 1366 else f"ranking-{width}.png"
    page.screenshot(path=target / name, animations="disabled")

    boxes = _boxes(page)
    assert len(boxes) == 5
    assert all(box["fits"] and box["inside"] for box in boxes), boxes
    assert not _page_scrolls(page)
    assert _font_size(page) >= 13
    everything = ranking_page.everything(page)
    for hidden in _secrets(database):
        assert hidden not in everything
    assert not page.locator(".lsf-sidepanels__wrapper").first.is_visible()
    assert ranking_page.english(page) == []
    assert outside == []
    if width == 1366:
        _assert_all_can_be_read_on_a_low_screen(page)


def _assert_all_can_be_read_on_a_low_screen(page: Page) -> None:
    """What a browser with its bars leaves of 1366×768: cards and résumé scroll inside, the page does not."""
    page.set_viewport_size({"width": 1366, "height": 560})
    boxes = _boxes(page)
    assert all(box["inside"] for box in boxes), boxes
    assert not all(box["fits"] for box in boxes)
    assert not _page_scrolls(page)
    reached = page.evaluate(
        """[...document.querySelectorAll('.rt-card, .rt-resume')].map(box => {
            box.scrollTop = box.scrollHeight;
            const last = box.querySelector('.lsf-richtext__container').getBoundingClientRect().bottom;
            return last <= box.getBoundingClientRect().bottom;
        })"""
    )
    assert reached == [True] * 5


def _boxes(page: Page) -> list[dict[str, bool]]:
    """Of résumé and cards: does all text fit, and is the box inside the window?"""
    found: list[dict[str, bool]] = page.evaluate(
        """[...document.querySelectorAll('.rt-card, .rt-resume')].map(card => {
            const box = card.getBoundingClientRect();
            return {
                fits: card.scrollHeight <= card.clientHeight + 1,
                inside: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight && box.right <= innerWidth,
            };
        })"""
    )
    return found


def _page_scrolls(page: Page) -> bool:
    return bool(
        page.evaluate(
            """[document.documentElement, document.querySelector('.lsf-main-view')].some(element =>
                element.scrollHeight > innerHeight || element.scrollWidth > innerWidth)"""
        )
    )


def _outside(url: str, allowed: str) -> bool:
    return not url.startswith((allowed, "data:", "blob:"))


def _font_size(page: Page) -> float:
    text = page.locator(".rt-card .lsf-richtext__container").first
    return float(text.evaluate("element => parseFloat(getComputedStyle(element).fontSize)"))


def _secrets(database: Database) -> list[str]:
    with database.session() as session:
        task = session.scalars(select(RankingTask)).one()
    return [task.external_id, "starter", *(item["id"] for item in task.data["items"])]
