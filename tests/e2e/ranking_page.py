"""The ranking page as an annotator uses it."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from annotation.people import Account

# Keys of the places 1–4 and of «ложные сведения», a row per card.
KEYS = ("12345", "qwert", "asdfg", "zxcvb")
CARDS = ".rt-card"


def log_in(page: Page, url: str, account: Account) -> None:
    """Through the login form."""
    page.goto(f"{url}/user/login/")
    page.fill("input[name=email]", account.login)
    page.fill("input[name=password]", account.password)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/user/login" not in address)


def open_queue(page: Page, project_url: str) -> None:
    """The next task, ready for the keyboard."""
    page.goto(project_url)
    page.wait_for_selector(f"{CARDS} input[type=radio]")
    page.wait_for_function("document.querySelectorAll('.rt-card .lsf-richtext__line').length == 4")
    page.wait_for_load_state("networkidle")  # keys pressed while Label Studio still loads are lost


def press(page: Page, places: Mapping[int, int], false_cards: tuple[int, ...] = ()) -> None:
    """One key per choice. ``places``: card (0–3) → place (1–4)."""
    keys = [KEYS[card][place - 1] for card, place in places.items()] + [KEYS[card][4] for card in false_cards]
    for key in keys:
        page.keyboard.press(key)
    expect_checked(page, len(keys))


def expect_checked(page: Page, count: int) -> None:
    """Waits until so many places and flags are ticked."""
    # By class: places that are equal are one native radio group, in which only the last one is :checked.
    checked = f"{CARDS} .ant-radio-checked, {CARDS} .ant-checkbox-checked"
    page.wait_for_function(f"document.querySelectorAll('{checked}').length == {count}")


def submit(page: Page) -> None:
    """Ctrl+Enter; returns when Label Studio has it."""
    with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST") as sent:
        page.keyboard.press("Control+Enter")
    assert sent.value.ok, sent.value.text()


def shown_texts(page: Page) -> list[str]:
    """Texts of the cards in the order on the screen."""
    return [text.strip() for text in page.locator(f"{CARDS} .lsf-richtext__container").all_inner_texts()]
