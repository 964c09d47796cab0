"""One real Label Studio and one real browser for all end-to-end tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from annotation.client import LabelStudioClient, connect
from annotation.people import Account, ensure_account
from annotation.server import LabelStudioServer
from db.embedded import EmbeddedPostgres

BROWSER_ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_WAIT_MS = 60_000


@dataclass(frozen=True)
class LabelStudioUnderTest:
    """A running Label Studio, its administrator's client and where its secrets are."""

    server: LabelStudioServer
    client: LabelStudioClient
    data_dir: Path
    database: str
    clients: list[LabelStudioClient] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.server.url

    def account(self, pseudonym: str) -> Account:
        return ensure_account(self.client, self.data_dir, pseudonym)

    def client_of(self, pseudonym: str) -> LabelStudioClient:
        """The API as an annotator, with the legacy token of that account."""
        client = LabelStudioClient(self.url, self.token_of(self.account(pseudonym)))
        self.clients.append(client)
        return client

    def token_of(self, account: Account) -> str:
        """The legacy token of an account; read from the database, for annotators can neither see nor make one."""
        ((token,),) = self.rows("SELECT key FROM authtoken_token WHERE user_id = %s", account.user_id)
        return str(token)

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What Label Studio's database answers."""
        with closing(psycopg2.connect(self.database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()


@pytest.fixture(scope="session")
def label_studio(
    pg_server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LabelStudioUnderTest]:
    """Started once for the whole run on a free port."""
    data_dir = tmp_path_factory.mktemp("label-studio")
    pg_server.create_database("labelstudio")
    with LabelStudioServer(data_dir, port=0, database_url=pg_server.url("labelstudio")) as server:
        client = connect(server.url, server.credentials.token)
        found = LabelStudioUnderTest(
            server, client, data_dir, f"host={pg_server.socket_dir} user=postgres dbname=labelstudio"
        )
        yield found
        for client in (found.client, *found.clients):
            client.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium of the machine, or the one that `playwright install chromium` brought.

    One for each test: closing a browser ends in killing it, while closing a page of one that hangs never ends.
    """
    executable = next((path for name in BROWSER_NAMES if (path := shutil.which(name))), None)
    if executable is None and not Path(playwright.chromium.executable_path).exists():
        pytest.skip("no Chromium: install it, or run `playwright install chromium`")
    running = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
    yield running
    running.close()


@pytest.fixture
def page(browser: Browser) -> Page:
    """A page of a fresh browser profile, 1366×768."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="ru-RU")
    context.set_default_timeout(BROWSER_WAIT_MS)
    return context.new_page()
