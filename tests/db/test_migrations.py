from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from db import migrate
from db.models import Base
from db.session import Database


def test_migrations_give_exactly_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_down_and_up_again(database: Database) -> None:
    migrate.downgrade(database.engine)
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database.engine)
    assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_partial_unique_indexes_are_there(database: Database) -> None:
    """Autogenerate does not compare predicates, so they are looked at here."""
    expected = {
        "uq_model_version_promoted_role": "promoted",
        "uq_round_open": "sampling",
        "uq_ranking_active_annotator": "active",
        "uq_ranking_task_resume_kind": "repeat",
        "uq_blind_evaluation_open": "open",
        "uq_blind_vote_active_annotator": "active",
        "uq_job_open_key": "queued",
    }
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        definitions = dict(rows.all())
    for name, word in expected.items():
        assert "UNIQUE" in definitions[name]
        assert word in definitions[name].split("WHERE")[1]


def test_there_is_one_head() -> None:
    command.heads(migrate.config())
    assert migrate.head()
