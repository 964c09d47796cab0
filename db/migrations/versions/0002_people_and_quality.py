"""People, quality of annotators, consensus, blind evaluation and jobs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=True, comment="procrastinate's id of the job"),
        sa.Column("state", sa.String(), server_default="queued", nullable=False),
        sa.Column("progress", sa.Float(), server_default="0", nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True, comment="last sign of life of the work"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name=op.f("ck_job_state")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name=op.f("ck_job_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("queue_id", name=op.f("uq_job_queue_id")),
    )
    op.create_index(op.f("ix_job_name"), "job", ["name"], unique=False)
    op.create_index(
        "uq_job_open_key", "job", ["key"], unique=True, postgresql_where=sa.text("state IN ('queued', 'running')")
    )
    op.create_table(
        "annotator_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("annotator_id", sa.BigInteger(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("former_weight", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("weight >= 0 AND weight < 'Infinity'", name=op.f("ck_annotator_decision_weight")),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_annotator_decision_annotator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annotator_decision")),
    )
    op.create_index(op.f("ix_annotator_decision_annotator_id"), "annotator_decision", ["annotator_id"], unique=False)
    op.create_table(
        "blind_evaluation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=True),
        sa.Column("model_id", sa.BigInteger(), nullable=False),
        sa.Column("opponent_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("overlap", sa.Integer(), server_default="1", nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("simulated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True, comment="Label Studio project"),
        sa.Column("project_url", sa.String(), nullable=True),
        sa.Column("synced_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_blind_evaluation_state")),
        sa.CheckConstraint("model_id <> opponent_id", name=op.f("ck_blind_evaluation_two_models")),
        sa.CheckConstraint("overlap >= 1", name=op.f("ck_blind_evaluation_overlap")),
        sa.ForeignKeyConstraint(["model_id"], ["model_version.id"], name=op.f("fk_blind_evaluation_model_id")),
        sa.ForeignKeyConstraint(["opponent_id"], ["model_version.id"], name=op.f("fk_blind_evaluation_opponent_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_blind_evaluation_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_evaluation")),
    )
    op.create_index(op.f("ix_blind_evaluation_round_id"), "blind_evaluation", ["round_id"], unique=False)
    op.create_index(
        "uq_blind_evaluation_open",
        "blind_evaluation",
        ["model_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "assignment",
        sa.Column("ranking_task_id", sa.BigInteger(), nullable=False),
        sa.Column("annotator_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_assignment_annotator_id")),
        sa.ForeignKeyConstraint(
            ["ranking_task_id"], ["ranking_task.id"], name=op.f("fk_assignment_ranking_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ranking_task_id", "annotator_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_annotator_id"), "assignment", ["annotator_id"], unique=False)
    op.create_table(
        "blind_task",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("resume_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False, comment="data.external_id of the task, opaque"),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True, comment="null until pushed"),
        sa.Column("model_text", sa.String(), nullable=False),
        sa.Column("opponent_text", sa.String(), nullable=False),
        sa.Column("model_is_left", sa.Boolean(), nullable=False),
        sa.Column(
            "data", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="exactly what Label Studio shows"
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["blind_evaluation.id"], name=op.f("fk_blind_task_evaluation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resume_id"], ["resume.id"], name=op.f("fk_blind_task_resume_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_task")),
        sa.UniqueConstraint("evaluation_id", "resume_id", name=op.f("uq_blind_task_evaluation_id_resume_id")),
        sa.UniqueConstraint("external_id", name=op.f("uq_blind_task_external_id")),
    )
    op.create_index(
        "uq_blind_task_label_studio",
        "blind_task",
        ["project_id", "task_id"],
        unique=True,
        postgresql_where=sa.text("task_id IS NOT NULL"),
    )
    op.create_table(
        "task_consensus",
        sa.Column("ranking_task_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "order",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="best first, a tie is several candidate ids in one",
        ),
        sa.Column(
            "cost", sa.Float(), nullable=False, comment="weighted Kendall distance to the rankings, ties count half"
        ),
        sa.Column("optimal", sa.Integer(), nullable=False, comment="how many strict orders have this cost"),
        sa.Column("rankings", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ranking_task_id"], ["ranking_task.id"], name=op.f("fk_task_consensus_ranking_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ranking_task_id", name=op.f("pk_task_consensus")),
    )
    op.create_table(
        "blind_vote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("blind_task_id", sa.BigInteger(), nullable=False),
        sa.Column("annotator_id", sa.BigInteger(), nullable=False),
        sa.Column("label_studio_url", sa.String(), nullable=False),
        sa.Column("annotation_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("lead_time", sa.Float(), nullable=True, comment="seconds"),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("simulated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("raw", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("history", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status <> 'active' OR verdict IS NOT NULL", name=op.f("ck_blind_vote_verdict_of_active")),
        sa.CheckConstraint(
            "status <> 'rejected' OR reason IS NOT NULL", name=op.f("ck_blind_vote_reason_of_rejection")
        ),
        sa.CheckConstraint("status IN ('active', 'withdrawn', 'rejected')", name=op.f("ck_blind_vote_status")),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict IN ('model', 'opponent', 'tie')", name=op.f("ck_blind_vote_verdict")
        ),
        sa.ForeignKeyConstraint(["annotator_id"], ["annotator.id"], name=op.f("fk_blind_vote_annotator_id")),
        sa.ForeignKeyConstraint(
            ["blind_task_id"], ["blind_task.id"], name=op.f("fk_blind_vote_blind_task_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_vote")),
        sa.UniqueConstraint(
            "label_studio_url", "annotation_id", name=op.f("uq_blind_vote_label_studio_url_annotation_id")
        ),
    )
    op.create_index(
        "uq_blind_vote_active_annotator",
        "blind_vote",
        ["blind_task_id", "annotator_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.add_column(
        "annotator",
        sa.Column(
            "weight",
            sa.Float(),
            server_default="1",
            nullable=False,
            comment="of this person's vote in the consensus; 0 excludes it",
        ),
    )
    op.add_column(
        "annotator",
        sa.Column(
            "disabled_at", sa.DateTime(timezone=True), nullable=True, comment="gets no more tasks and cannot log in"
        ),
    )
    op.add_column("ranking_task", sa.Column("kind", sa.String(), server_default="regular", nullable=False))
    op.add_column(
        "ranking_task",
        sa.Column("original_id", sa.BigInteger(), nullable=True, comment="the task that a repeat shows again"),
    )
    op.add_column(
        "ranking_task",
        sa.Column(
            "known_order",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="of a gold task: best first, a tie is several candidate ids in one",
        ),
    )
    op.add_column(
        "ranking_task",
        sa.Column(
            "known_flags",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="of a gold task: ids of candidates with false information",
        ),
    )
    op.add_column(
        "ranking_task",
        sa.Column(
            "selection",
            sa.String(),
            server_default="random",
            nullable=False,
            comment="how its résumé came into the round",
        ),
    )
    op.drop_constraint(op.f("uq_ranking_task_round_id_resume_id"), "ranking_task", type_="unique")
    op.create_index(
        "uq_ranking_task_resume_kind",
        "ranking_task",
        ["round_id", "resume_id", "kind"],
        unique=True,
        postgresql_where=sa.text("kind <> 'repeat'"),
    )
    op.create_foreign_key(
        op.f("fk_ranking_task_original_id"), "ranking_task", "ranking_task", ["original_id"], ["id"], ondelete="CASCADE"
    )
    op.create_check_constraint(op.f("ck_annotator_weight"), "annotator", "weight >= 0 AND weight < 'Infinity'")
    op.create_check_constraint(op.f("ck_ranking_task_kind"), "ranking_task", "kind IN ('regular', 'gold', 'repeat')")
    op.create_check_constraint(
        op.f("ck_ranking_task_selection"), "ranking_task", "selection IN ('random', 'active', 'control')"
    )
    op.create_check_constraint(
        op.f("ck_ranking_task_original_of_repeat"), "ranking_task", "(kind = 'repeat') = (original_id IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_ranking_task_known_order_of_gold"), "ranking_task", "(kind = 'gold') = (known_order IS NOT NULL)"
    )
    op.create_unique_constraint(op.f("uq_ranking_task_original_id"), "ranking_task", ["original_id"])


def downgrade() -> None:
    # What only the newer schema can hold goes with it; rankings of such tasks go by cascade.
    op.execute("DELETE FROM ranking_task WHERE kind <> 'regular'")
    op.drop_constraint(op.f("uq_ranking_task_original_id"), "ranking_task", type_="unique")
    op.drop_constraint(op.f("ck_ranking_task_known_order_of_gold"), "ranking_task", type_="check")
    op.drop_constraint(op.f("ck_ranking_task_original_of_repeat"), "ranking_task", type_="check")
    op.drop_constraint(op.f("ck_ranking_task_selection"), "ranking_task", type_="check")
    op.drop_constraint(op.f("ck_ranking_task_kind"), "ranking_task", type_="check")
    op.drop_constraint(op.f("ck_annotator_weight"), "annotator", type_="check")
    op.drop_constraint(op.f("fk_ranking_task_original_id"), "ranking_task", type_="foreignkey")
    op.drop_index(
        "uq_ranking_task_resume_kind", table_name="ranking_task", postgresql_where=sa.text("kind <> 'repeat'")
    )
    op.create_unique_constraint(
        op.f("uq_ranking_task_round_id_resume_id"),
        "ranking_task",
        ["round_id", "resume_id"],
    )
    op.drop_column("ranking_task", "selection")
    op.drop_column("ranking_task", "known_flags")
    op.drop_column("ranking_task", "known_order")
    op.drop_column("ranking_task", "original_id")
    op.drop_column("ranking_task", "kind")
    op.drop_column("annotator", "disabled_at")
    op.drop_column("annotator", "weight")
    op.drop_index(
        "uq_blind_vote_active_annotator", table_name="blind_vote", postgresql_where=sa.text("status = 'active'")
    )
    op.drop_table("blind_vote")
    op.drop_table("task_consensus")
    op.drop_index(
        "uq_blind_task_label_studio", table_name="blind_task", postgresql_where=sa.text("task_id IS NOT NULL")
    )
    op.drop_table("blind_task")
    op.drop_index(op.f("ix_assignment_annotator_id"), table_name="assignment")
    op.drop_table("assignment")
    op.drop_index("uq_blind_evaluation_open", table_name="blind_evaluation", postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f("ix_blind_evaluation_round_id"), table_name="blind_evaluation")
    op.drop_table("blind_evaluation")
    op.drop_index(op.f("ix_annotator_decision_annotator_id"), table_name="annotator_decision")
    op.drop_table("annotator_decision")
    op.drop_index("uq_job_open_key", table_name="job", postgresql_where=sa.text("state IN ('queued', 'running')"))
    op.drop_index(op.f("ix_job_name"), table_name="job")
    op.drop_table("job")
