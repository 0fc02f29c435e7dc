"""Makes the tables of the first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _studies_and_raters()
    _sign_in_and_enrolment()
    _items()
    _judgments()


def _studies_and_raters() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_study_id", "events", ["study_id"])

    op.create_table(
        "raters",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("identity_hash", sa.String(length=64), nullable=True),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_raters"),
        sa.UniqueConstraint("handle", name="uq_raters_handle"),
        sa.UniqueConstraint("identity_hash", name="uq_raters_identity_hash"),
    )
    op.create_table(
        "studies",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("protocol", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("unblinded_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state in ('open', 'closed', 'unblinded')", name="ck_studies_state"),
        sa.PrimaryKeyConstraint("id", name="pk_studies"),
        sa.UniqueConstraint("kind", "name", name="uq_studies_kind"),
    )
    op.create_table(
        "throttles",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_throttles"),
    )


def _sign_in_and_enrolment() -> None:
    op.create_table(
        "credentials",
        sa.Column("selector", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.String(length=160), nullable=False),
        sa.Column("rater_id", sa.String(length=32), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("attempt_hash", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["rater_id"], ["raters.id"], name="fk_credentials_rater_id"),
        sa.PrimaryKeyConstraint("selector", name="pk_credentials"),
    )
    op.create_index("ix_credentials_rater_id", "credentials", ["rater_id"])

    op.create_table(
        "enrolments",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("rater_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=True),
        sa.Column("qualified", sa.Boolean(), nullable=True),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["rater_id"], ["raters.id"], name="fk_enrolments_rater_id"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_enrolments_study_id"),
        sa.PrimaryKeyConstraint("study_id", "rater_id", name="pk_enrolments"),
        sa.UniqueConstraint("study_id", "ordinal", name="uq_enrolments_study_id"),
    )


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("stratum", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=400), nullable=False),
        sa.Column("query_id", sa.String(length=400), nullable=False),
        sa.Column("query_text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("expected", sa.String(length=16), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("repeat_of", sa.String(length=64), nullable=True),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_items_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("study_id", "kind", "external_id", name="uq_items_external"),
        sa.UniqueConstraint("study_id", "ordinal", name="uq_items_study_id"),
    )
    op.create_table(
        "reports",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_reports_study_id"),
        sa.PrimaryKeyConstraint("study_id", name="pk_reports"),
    )
    op.create_table(
        "sealed_keys",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_sealed_keys_study_id"),
        sa.PrimaryKeyConstraint("study_id", name="pk_sealed_keys"),
    )


def _judgments() -> None:
    op.create_table(
        "assignments",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("rater_id", sa.String(length=32), nullable=False),
        sa.Column("shown_order", sa.JSON(), nullable=False),
        sa.Column("flipped", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state in ('open', 'asking', 'judged', 'skipped', 'expired')",
                           name="ck_assignments_state"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_assignments_item_id"),
        sa.ForeignKeyConstraint(["rater_id"], ["raters.id"], name="fk_assignments_rater_id"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_assignments_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
        sa.UniqueConstraint("item_id", "rater_id", name="uq_assignments_item_id"),
    )
    op.create_index("ix_assignments_rater", "assignments", ["study_id", "rater_id", "state"])

    op.create_table(
        "flags",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("rater_id", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_flags_item_id"),
        sa.ForeignKeyConstraint(["rater_id"], ["raters.id"], name="fk_flags_rater_id"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_flags_study_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flags"),
    )
    op.create_index("ix_flags_study_id", "flags", ["study_id"])

    op.create_table(
        "judgments",
        sa.Column("study_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("assignment_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="fk_judgments_assignment_id"),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name="fk_judgments_study_id"),
        sa.PrimaryKeyConstraint("study_id", "sequence", name="pk_judgments"),
        sa.UniqueConstraint("assignment_id", "revision", name="uq_judgments_assignment_id"),
    )


def downgrade() -> None:
    """There is nothing before the first schema, and dropping judgments is nobody"s migration."""
    raise NotImplementedError("restore a backup instead")
