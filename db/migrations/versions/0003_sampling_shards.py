"""Shards of sampling runs, held by a lease; temperatures of candidates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sampling_run",
        sa.Column("total", sa.Integer(), server_default="0", nullable=False, comment="résumés put into the queue"),
    )
    op.create_table(
        "sampling_shard",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="its positions divided by the shard size"),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("owner", sa.String(), nullable=True, comment="worker that has it, or has done it"),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "token",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="grows with each claim; only the newest may store",
        ),
        sa.Column("crashes", sa.Integer(), server_default="0", nullable=False, comment="owners that died with it"),
        sa.Column(
            "errors", sa.Integer(), server_default="0", nullable=False, comment="attempts that ended with an error"
        ),
        sa.Column("error", sa.String(), nullable=True, comment="the last one"),
        sa.CheckConstraint("state IN ('open', 'done', 'failed')", name=op.f("ck_sampling_shard_state")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["sampling_run.id"], name=op.f("fk_sampling_shard_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_sampling_shard")),
    )
    op.create_index(
        "ix_sampling_shard_open",
        "sampling_shard",
        ["run_id", "number"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column(
        "candidate",
        sa.Column("temperature", sa.Float(), nullable=True, comment="at which it was drawn; null for old ones"),
    )
    # Runs that were made before go on.
    op.execute(
        "INSERT INTO sampling_shard (run_id, number, state)"
        " SELECT run.id, item.position / (run.engine->>'shard_size')::int,"
        " CASE WHEN bool_and(item.outcome IS NOT NULL) THEN 'done' ELSE 'open' END"
        " FROM sampling_item item JOIN sampling_run run ON run.id = item.run_id"
        " WHERE run.engine ? 'shard_size' GROUP BY 1, 2"
    )
    op.execute("UPDATE sampling_run SET total = (SELECT count(*) FROM sampling_item WHERE run_id = sampling_run.id)")


def downgrade() -> None:
    op.drop_column("candidate", "temperature")
    op.drop_index("ix_sampling_shard_open", table_name="sampling_shard", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("sampling_shard")
    op.drop_column("sampling_run", "total")
