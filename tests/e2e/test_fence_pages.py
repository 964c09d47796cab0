"""Login, queue, end of the queue and refusals as annotators see them: in Russian, and nothing beside."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from annotation.fence_client import put_assignments, set_active
from annotation.people import Account
from annotation.project import ensure_project
from annotation.tasks import build_task
from resumes.schema import Profile
from tests.annotation.factories import PROFILE
from tests.e2e import ranking_page
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

SCREENSHOTS = os.environ.get("RAISONTEXT_TEST_SCREENSHOTS")
# Keys have their names; the résumé says «Английский – B2».
NAMES = {"Ctrl", "Enter", "Esc"}
TEXTS = [f"Работаю в рознице, образец номер {number}." for number in range(4)]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures are put for people to look at."""
    return Path(SCREENSHOTS) if SCREENSHOTS else tmp_path


def round_of(label_studio: LabelStudioUnderTest, key: str, account: Account, tasks: int) -> int:
    """A project of the ranking page with ``tasks`` tasks of one person."""
    client = label_studio.client
    project = ensure_project(client, 1, 1, key)
    profile = Profile.model_validate({"external_id": "r1", **PROFILE, "languages": [], "skills": ["касса"]})
    made = [build_task(profile, list(enumerate(TEXTS)), str(number)) for number in range(tasks)]
    ids = client.import_tasks(project.id, [{"data": task.data} for task in made])
    put_assignments(client, project.id, {task: [account.user_id] for task in ids})
    return project.id


def test_from_login_to_the_end_everything_is_russian(
    label_studio: LabelStudioUnderTest, page: Page, shots: Path
) -> None:
    account = label_studio.account("page-reader")
    first, second = (round_of(label_studio, key, account, 1) for key in ("fence-pages-1", "fence-pages-2"))
    page.goto(label_studio.url)
    page.wait_for_selector("input[name=password]")
    page.screenshot(path=shots / "login.png")
    assert latin(page) == []
    page.fill("input[name=email]", account.login)
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.get_by_text("Неверный адрес или пароль.").wait_for()
    page.fill("input[name=email]", "")
    assert latin(page) == []

    # Straight into the queue of the first project, from there to the second, from there to the end. Projects of other
    # tests in this Label Studio count as done.
    ranking_page.log_in(page, label_studio.url, account)
    page.goto(f"{label_studio.url}/?done={','.join(others(label_studio, {first, second}))}")
    for project in (first, second):
        page.wait_for_url(re.compile(rf"/projects/{project}/data"))
        page.wait_for_function("document.querySelectorAll('.rt-card .lsf-richtext__line').length == 4")
        page.wait_for_load_state("networkidle")
        page.get_by_role("link", name="Выйти").wait_for()
        page.screenshot(path=shots / "queue.png")
        assert latin(page) == []
        ranking_page.press(page, {0: 1, 1: 2, 2: 3, 3: 4})
        ranking_page.submit(page)
    page.get_by_text("Заданий больше нет, спасибо!").wait_for()
    page.screenshot(path=shots / "end.png")
    assert latin(page) == []

    # Where an annotator has no business.
    page.goto(f"{label_studio.url}/projects/{first}/settings")
    page.get_by_text("Эта страница вам недоступна").wait_for()
    assert latin(page) == []
    page.goto(f"{label_studio.url}/projects/{first}/data")
    page.wait_for_url(re.compile("labeling=1|done="))
    page.goto(f"{label_studio.url}/?done={','.join(others(label_studio, set()))}")
    page.get_by_text("Заданий больше нет, спасибо!").wait_for()
    page.get_by_role("link", name="Выйти").click()
    page.wait_for_selector("input[name=password]")


def test_who_is_disabled_while_ranking_is_led_to_the_login(label_studio: LabelStudioUnderTest, page: Page) -> None:
    account = label_studio.account("page-leaver")
    project = round_of(label_studio, "fence-pages-3", account, 2)
    ranking_page.log_in(page, label_studio.url, account)
    page.goto(f"{label_studio.url}/projects/{project}/data?labeling=1")
    page.wait_for_function("document.querySelectorAll('.rt-card .lsf-richtext__line').length == 4")
    page.wait_for_load_state("networkidle")
    ranking_page.press(page, {0: 1, 1: 2, 2: 3, 3: 4})

    set_active(label_studio.client, account.user_id, False)
    page.keyboard.press("Control+Enter")

    page.wait_for_selector("input[name=password]")
    page.fill("input[name=email]", account.login)
    page.fill("input[name=password]", account.password)
    page.keyboard.press("Enter")
    page.get_by_text("Неверный адрес или пароль.").wait_for()


def test_an_invitation_is_in_russian(label_studio: LabelStudioUnderTest, page: Page) -> None:
    page.goto(f"{label_studio.url}/user/signup/?token={label_studio.client.get('api/invite')['token']}")
    page.fill("input[name=email]", "никак")
    page.fill("input[name=password]", "1")
    page.keyboard.press("Enter")
    page.get_by_text("Нужен пароль от 8 до 128 знаков.").wait_for()
    assert latin(page) == []
    page.goto(f"{label_studio.url}/user/signup/?token=wrong")
    page.get_by_text("Приглашение не действует.").wait_for()
    assert latin(page) == []


def others(label_studio: LabelStudioUnderTest, mine: set[int]) -> list[str]:
    """Ids of all projects but ``mine``."""
    return [str(number) for (number,) in label_studio.rows("SELECT id FROM project") if number not in mine]


def latin(page: Page) -> list[str]:
    """Words in Latin letters that can be read on the page, in its title or in what the mouse shows."""
    title = page.title()
    visible = page.evaluate(
        """() => [...document.querySelectorAll('body, body *')].flatMap(element => {
            const style = getComputedStyle(element);
            const shown = element.checkVisibility({visibilityProperty: true, opacityProperty: true})
                && parseFloat(style.fontSize) > 0;
            if (!shown || ['SCRIPT', 'STYLE', 'TEMPLATE'].includes(element.tagName)) return [];
            const texts = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.data);
            for (const name of ['title', 'placeholder', 'alt']) texts.push(element.getAttribute(name) ?? '');
            for (const part of ['::before', '::after']) {
                const content = getComputedStyle(element, part).content;
                if (content.startsWith('"')) texts.push(content);
            }
            return texts;
        }).join('\\n')"""
    )
    return [word for word in re.findall(r"[A-Za-z]{2,}", f"{title}\n{visible}") if word not in NAMES]
