"""The ranking page as an annotator uses it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, Response

from annotation.people import Account

# Keys of the places 1–4 and of «ложные сведения», a row per card.
KEYS = ("12345", "qwert", "asdfg", "zxcvb")
CARDS = ".rt-card"
SUBMIT = "Control+Enter"
SKIP = "Control+Space"
# Texts that are drawn: not hidden, not of size 0 (that is how words of Label Studio's own are replaced).
_VISIBLE = """() => {
    const found = [], nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (nodes.nextNode()) {
        const node = nodes.currentNode, parent = node.parentElement;
        if (!node.nodeValue.trim() || ["SCRIPT", "STYLE", "NOSCRIPT"].includes(parent.tagName)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const drawn = range.getBoundingClientRect().width > 0 && parseFloat(getComputedStyle(parent).fontSize) > 0;
        const content = parent.closest(".rt-resume, .lsf-richtext, .lsf-modal-ls__body") !== null;
        if (drawn && parent.checkVisibility({opacityProperty: true, visibilityProperty: true}))
            found.push([node.nodeValue.trim(), content]);
    }
    return found;
}"""
_HINTS = """() => [...document.querySelectorAll("[title], [aria-label], [placeholder]")]
    .filter(element => element.checkVisibility())
    .flatMap(element => [element.title, element.ariaLabel, element.placeholder])
    .filter(Boolean)"""
_LATIN = re.compile(r"[A-Za-z]{2,}")
_KEYS = {"Ctrl", "Enter"}


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
    wait_for_task(page)


def wait_for_task(page: Page, cards: int = 4) -> None:
    """Until a task is on the page and takes keys."""
    page.wait_for_selector(".rt-page input[type=radio]")
    filled = "[...document.querySelectorAll('.rt-card .lsf-richtext__container')].filter(text => text.innerText.trim())"
    page.wait_for_function(f"{filled}.length == {cards}")
    page.wait_for_load_state("networkidle")  # keys pressed while Label Studio still loads are lost


def press(page: Page, places: Mapping[int, int], false_cards: tuple[int, ...] = ()) -> int:
    """One key per choice; how many that were. ``places``: card (0–3) → place (1–4)."""
    keys = [KEYS[card][place - 1] for card, place in places.items()] + [KEYS[card][4] for card in false_cards]
    for key in keys:
        page.keyboard.press(key)
    expect_checked(page, len(keys))
    return len(keys)


def expect_checked(page: Page, count: int) -> None:
    """Waits until so many places and flags are ticked."""
    # By class: places that are equal are one native radio group, in which only the last one is :checked.
    checked = f"{CARDS} .ant-radio-checked, {CARDS} .ant-checkbox-checked"
    page.wait_for_function(f"document.querySelectorAll('{checked}').length == {count}")


def submit(page: Page) -> None:
    """Ctrl+Enter; returns when Label Studio has it."""
    answer = send(page, SUBMIT)
    assert answer.ok, answer.text()


def send(page: Page, keys: str) -> Response:
    """Presses what sends an annotation (``SUBMIT`` or ``SKIP``); what Label Studio answers."""
    with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST") as sent:
        page.keyboard.press(keys)
    return sent.value


def shown_texts(page: Page) -> list[str]:
    """Texts of the cards in the order on the screen."""
    return [text.strip() for text in page.locator(f"{CARDS} .lsf-richtext__container").all_inner_texts()]


def english(page: Page) -> list[str]:
    """Latin words that are drawn or read out, but for names of keys and what stands in résumé, texts or instruction."""
    shown = [text for text, content in page.evaluate(_VISIBLE) if not content]
    found = [word for text in [*shown, *page.evaluate(_HINTS)] for word in _LATIN.findall(text)]
    return [word for word in found if word not in _KEYS]


def everything(page: Page) -> str:
    """All text of the page, drawn or not, with all attributes; Label Studio's own programs are left out."""
    return str(
        page.evaluate(
            """() => {
                const copy = document.documentElement.cloneNode(true);
                copy.querySelectorAll("script, style, link").forEach(element => element.remove());
                return copy.outerHTML;
            }"""
        )
    )
