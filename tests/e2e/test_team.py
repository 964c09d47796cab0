"""People come and go, each with tasks of his or her own, on the real Label Studio behind its fence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from annotation import assignments, team
from annotation.errors import LabelStudioRefusedError
from annotation.fence_client import UnfencedError, get_assignments
from annotation.people import Account
from annotation.push import PushReport, push
from annotation.remote_tasks import all_tasks
from annotation.simulated import AnnotatorSession, rank_all, round_profiles
from annotation.sync import sync
from annotation.web_session import LabelStudioSession
from app.cli.main import main
from db.errors import ConflictError
from db.models import Annotator, Assignment, Ranking, RankingTask
from db.session import Database
from tests.annotation.factories import make_round
from tests.e2e.conftest import LabelStudioUnderTest

pytestmark = pytest.mark.e2e

NAMES = ("team-a", "team-b", "team-c")
MIXED = {"seed": 1, "gold_share": 0.25, "repeat_share": 0.25}
SIGKILLED = -9


def held(database: Database) -> dict[int, set[int]]:
    """Label Studio's task id → user ids, as the table has it."""
    statement = (
        select(RankingTask.task_id, Annotator.label_studio_user_id)
        .join(Assignment, Assignment.ranking_task_id == RankingTask.id)
        .join(Annotator, Annotator.id == Assignment.annotator_id)
    )
    found: dict[int, set[int]] = {}
    with database.session() as session:
        for task_id, user_id in session.execute(statement):
            found.setdefault(task_id or 0, set()).add(user_id)
    return found


def assert_label_studio_agrees(
    database: Database, label_studio: LabelStudioUnderTest, project_id: int
) -> dict[int, set[int]]:
    remote = {task: set(users) for task, users in get_assignments(label_studio.client, project_id).items()}
    assert remote == held(database)
    return remote


def load(found: dict[int, set[int]]) -> Counter[int]:
    return Counter(user for users in found.values() for user in users)


def kinds(database: Database) -> dict[int, RankingTask]:
    with database.session() as session:
        return {task.task_id or 0: task for task in session.scalars(select(RankingTask))}


def joined(database: Database, label_studio: LabelStudioUnderTest, *names: str) -> list[Account]:
    return team.add(database, label_studio.client, label_studio.data_dir, names)[0]


def rank(label_studio: LabelStudioUnderTest, project_id: int, account: Account, most: int) -> list[int]:
    """Ranks up to ``most`` tasks of the queue; answers with their ids."""
    ranked: list[int] = []
    result = [
        {
            "from_name": f"place_{card}",
            "to_name": f"text_{card}",
            "type": "choices",
            "value": {"choices": [str(card + 1)]},
        }
        for card in range(4)
    ]
    with AnnotatorSession(label_studio.url, project_id) as session:
        assert session.login(account.login, account.password)
        while len(ranked) < most and (task := session.next_task()) is not None:
            session.submit(task["id"], result, 30.0)
            ranked.append(task["id"])
    return ranked


def test_tasks_wait_for_people_and_everybody_gets_his_own_share(
    database: Database, label_studio: LabelStudioUnderTest
) -> None:
    round_id = make_round(database, 12, overlap=2, varied=True, config={**MIXED, "overlap_share": 0.5})
    report = push(database, label_studio.client, round_id)
    assert (report.total, report.gold, report.repeats, report.people, report.places) == (18, 3, 3, 0, 0)
    assert get_assignments(label_studio.client, report.project_id) == {}

    accounts, change = team.add(database, label_studio.client, label_studio.data_dir, NAMES)
    assert change.distribution is not None
    assert (change.distribution.people, change.distribution.moved, change.distribution.short) == (3, 0, 0)
    remote = assert_label_studio_agrees(database, label_studio, report.project_id)

    rows = kinds(database)
    assert Counter(len(remote[task]) for task, row in rows.items() if row.kind == "regular") == {1: 6, 2: 6}
    by_row = {row.id: task for task, row in rows.items()}
    for task, row in rows.items():
        if row.original_id is not None:
            assert remote[task] == remote[by_row[row.original_id]]
            assert task > by_row[row.original_id], "the repetition comes later in the queue"
    assert max(load(remote).values()) - min(load(remote).values()) <= 1
    assert sum(load(remote).values()) == change.distribution.places

    again = team.add(database, label_studio.client, label_studio.data_dir, NAMES)
    assert [account.new for account in again[0]] == [False] * 3
    assert again[1].distribution == change.distribution
    for account in accounts:
        mine = [task for task, users in sorted(remote.items()) if account.user_id in users]
        assert rank(label_studio, report.project_id, account, 99) == mine
    assert sync(database, label_studio.client, round_id).active == change.distribution.places


def test_who_leaves_is_out_at_once_and_open_tasks_go_to_the_others(
    database: Database, label_studio: LabelStudioUnderTest
) -> None:
    round_id = make_round(database, 12, varied=True)
    gone = joined(database, label_studio, "leaver", *NAMES[:2])[0]
    report = push(database, label_studio.client, round_id)
    assert report.people == 3
    before = assert_label_studio_agrees(database, label_studio, report.project_id)
    done = rank(label_studio, report.project_id, gone, 1)
    with LabelStudioSession(label_studio.url) as session:
        assert session.login(gone.login, gone.password)
        page = AnnotatorSession(label_studio.url, report.project_id)
        with page:
            assert page.login(gone.login, gone.password)
            change = team.disable(database, label_studio.client, "leaver")
            with pytest.raises(LabelStudioRefusedError) as refused:
                page.next_task()
            assert refused.value.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
        assert not session.login(gone.login, gone.password)

    after = assert_label_studio_agrees(database, label_studio, report.project_id)
    assert change.distribution is not None
    assert change.distribution.moved == 3
    assert [task for task, users in after.items() if gone.user_id in users] == done
    assert sorted(load(after).values()) == [1, 5, 6]
    assert all(after[task] == before[task] for task in before if gone.user_id not in before[task])
    with pytest.raises(ConflictError, match="leaver is disabled"):
        team.add(database, label_studio.client, label_studio.data_dir, ["leaver"])

    back = team.enable(database, label_studio.client, "leaver")
    assert back.distribution is not None
    assert back.distribution.people == 3
    assert sorted(load(assert_label_studio_agrees(database, label_studio, report.project_id)).values()) == [4, 4, 4]
    with LabelStudioSession(label_studio.url) as session:
        assert session.login(gone.login, gone.password)


def test_a_newcomer_takes_nothing_that_is_begun(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 12, varied=True)
    first = joined(database, label_studio, NAMES[0])[0]
    report = push(database, label_studio.client, round_id)
    done = rank(label_studio, report.project_id, first, 7)

    second = joined(database, label_studio, NAMES[1])[0]  # nobody has synced yet

    remote = assert_label_studio_agrees(database, label_studio, report.project_id)
    assert load(remote) == {first.user_id: 7, second.user_id: 5}
    assert all(remote[task] == {first.user_id} for task in done)
    assert len(rank(label_studio, report.project_id, second, 99)) == 5
    assert rank(label_studio, report.project_id, first, 99) == []


def test_too_few_people_are_refused_before_anything_is_sent(
    database: Database, label_studio: LabelStudioUnderTest
) -> None:
    round_id = make_round(database, 2, overlap=3, varied=True)
    joined(database, label_studio, NAMES[0])
    with pytest.raises(ConflictError, match=r"at least 3 annotators for round 1 .* found 1; add some with"):
        push(database, label_studio.client, round_id)
    assert kinds(database) == {}


@pytest.mark.parametrize(("moment", "number"), [("after", 1), ("assigning", 1), ("during", 3), ("assigned", 2)])
def test_nothing_is_lost_or_doubled_by_kill_9(
    database: Database, label_studio: LabelStudioUnderTest, moment: str, number: int
) -> None:
    round_id = make_round(database, 12, overlap=2, varied=True, config=MIXED)
    joined(database, label_studio, *NAMES)
    command = [sys.executable, "-m", "tests.e2e.push_and_die", database.url, label_studio.url]
    command += [label_studio.server.credentials.token, str(round_id), moment, str(number), "5"]
    assert subprocess.run(command, check=False).returncode == SIGKILLED
    with database.session() as session:
        before = {row.external_id: row.kind for row in session.scalars(select(RankingTask))}

    report = push(database, label_studio.client, round_id)

    rows = kinds(database)
    assert (report.total, report.gold, report.repeats, len(rows)) == (18, 3, 3, 18)
    assert before == {row.external_id: row.kind for row in rows.values()}
    remote = {task["id"]: task["data"]["external_id"] for task in all_tasks(label_studio.client, report.project_id)}
    assert remote == {task: row.external_id for task, row in rows.items()}
    found = assert_label_studio_agrees(database, label_studio, report.project_id)
    assert {len(users) for users in found.values()} == {2}
    assert max(load(found).values()) - min(load(found).values()) <= 1


def test_scripted_annotators_rank_gold_and_repeated_tasks_too(
    database: Database, label_studio: LabelStudioUnderTest
) -> None:
    round_id = make_round(database, 8, overlap=2, simulated=True, varied=True, config=MIXED)
    accounts = [label_studio.account(name) for name in (*NAMES, "hasty")]
    with database.session() as session:
        for account in accounts:
            team.ensure_annotator(session, label_studio.client, account, simulated=True)
    report: PushReport = push(database, label_studio.client, round_id)
    with database.session() as session:
        profiles = round_profiles(session, round_id)
    seen: list[tuple[int, int]] = []

    done = rank_all(
        label_studio.url,
        accounts,
        report.project_id,
        profiles,
        careless={"hasty"},
        wanted=report.places,
        progress=lambda *state: seen.append(state),
    )

    assert done == report.places == 2 * (8 + 2 + 2)
    assert seen[-1] == (report.places, report.places)
    sync(database, label_studio.client, round_id)
    with database.session() as session:
        names = {row.id: row.pseudonym for row in session.scalars(select(Annotator))}
        rankings = list(session.scalars(select(Ranking)))
    tasks = {row.id: row for row in kinds(database).values()}
    assert len(rankings) == report.places
    for ranking in rankings:
        characters = sum(len(item["body"]) for item in tasks[ranking.ranking_task_id].data["items"])
        assert ranking.lead_time is not None
        if names[ranking.annotator_id] == "hasty":
            assert ranking.lead_time < 3
        else:
            assert ranking.lead_time > max(3.0, characters / 60)
            assert ranking.status == "active"
            assert ranking.order is not None
            task = tasks[ranking.ranking_task_id]
            if task.known_order is not None:
                assert set(ranking.order[0]) <= set(task.known_order[0]), "a false text is not the best"


def test_without_the_fence_everybody_gets_everything(
    database: Database,
    label_studio: LabelStudioUnderTest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(assignments, "is_fenced", lambda _client: False)
    round_id = make_round(database, 2, overlap=3, varied=True)
    joined(database, label_studio, NAMES[0])

    report = push(database, label_studio.client, round_id)

    assert (report.total, report.places) == (2, 0)
    assert held(database) == {}
    assert caplog.text.count("is not fenced") == 1


def test_disable_needs_the_fence(
    database: Database, label_studio: LabelStudioUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(database, label_studio, NAMES[0])

    def unfenced(*_: object) -> None:
        raise UnfencedError("no fence")

    monkeypatch.setattr(team, "set_active", unfenced)
    with pytest.raises(UnfencedError):
        team.disable(database, label_studio.client, NAMES[0])
    with database.session() as session:
        assert session.scalars(select(Annotator.disabled_at)).one() is None


def test_the_command_line(database: Database, label_studio: LabelStudioUnderTest) -> None:
    round_id = make_round(database, 6, varied=True)
    push(database, label_studio.client, round_id)
    settings = {
        "RAISONTEXT_DATABASE_URL": database.url,
        "RAISONTEXT_DATA_DIR": str(label_studio.data_dir),
        "RAISONTEXT_LABEL_STUDIO_URL": label_studio.url,
        "RAISONTEXT_LABEL_STUDIO_API_KEY": label_studio.server.credentials.token,
    }

    def run(*words: str, exit_code: int = 0) -> Result:
        result = CliRunner(env=settings).invoke(main, ["annotators", *words])
        assert result.exit_code == exit_code, result.output
        return result

    def can_log_in(row: dict[str, str]) -> bool:
        with LabelStudioSession(label_studio.url) as session:
            return session.login(row["login"], row["password"])

    added = json.loads(run("add", "cli-a", "cli-b", "--json").stdout)
    assert added["distribution"]["places"] == 6
    assert all(can_log_in(row) for row in added["annotators"])
    assert added["annotators"][0]["password"] in run("add", "cli-a").stdout
    assert "count 0 times" in run("exclude", "cli-b", "--reason", "ранжирует не читая").stdout
    assert "6 places for 1 people, 3 moved" in run("disable", "cli-b").stdout
    assert [can_log_in(row) for row in added["annotators"]] == [True, False]
    listed = json.loads(run("list", "--json").stdout)
    assert [(row["pseudonym"], row["state"], row["weight"], row["assigned"]) for row in listed["annotators"]] == [
        ("cli-a", "active", 1.0, 6),
        ("cli-b", "disabled", 0.0, 0),
    ]
    assert "cli-a" in run("list").stdout
    assert "There is no annotator 'nobody'" in run("disable", "nobody", exit_code=1).stderr
