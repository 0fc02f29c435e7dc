"""The tables of the rating store: one SQLAlchemy schema for SQLite and PostgreSQL.

Times are whole milliseconds since 1970 (UTC): integers survive both databases and canonical JSON unchanged.
Judgments are append-only; an assignment's last revision is its final judgment. The arm of a text is nowhere
but in `sealed_keys`, which only publishing and unblinding touch.

Who gets which item next is asked at every click, so an item carries its own counts: `taken`, how many assignments
hold one of its places, and `flips`, how many of those show it with its sides swapped.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})

studies = Table(
    "studies", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    Column("protocol", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("unblinded_at", BigInteger),
    UniqueConstraint("kind", "name"),
    CheckConstraint("state in ('open', 'closed', 'unblinded')", name="state"),
)

items = Table(
    "items", metadata,
    Column("id", String(64), primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("stratum", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("overlap", Integer, nullable=False),
    Column("external_id", String(400), nullable=False),
    Column("query_id", String(400), nullable=False),
    Column("query_text", Text, nullable=False),
    Column("source", Text),
    Column("texts", JSON, nullable=False),
    Column("expected", String(16)),
    Column("explanation", Text),
    Column("repeat_of", String(64)),
    Column("retired_at", BigInteger),
    Column("taken", Integer, nullable=False, server_default=text("0")),
    Column("flips", Integer, nullable=False, server_default=text("0")),
    UniqueConstraint("study_id", "ordinal"),
    UniqueConstraint("study_id", "kind", "external_id", name="uq_items_external"),
    Index("ix_items_free", "study_id", "kind", "retired_at", "taken", "ordinal", "overlap", "id", "stratum", "flips"),
)

sealed_keys = Table(
    "sealed_keys", metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("key", JSON, nullable=False),
)

reports = Table(
    "reports", metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)

raters = Table(
    "raters", metadata,
    Column("id", String(32), primary_key=True),
    Column("handle", String(64), nullable=False, unique=True),
    Column("identity_hash", String(64), unique=True),
    Column("simulated", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("erased_at", BigInteger),
)

credentials = Table(
    "credentials", metadata,
    Column("selector", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("secret_hash", String(160), nullable=False),
    Column("rater_id", ForeignKey("raters.id"), index=True),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("attempt_hash", String(64)),
)

throttles = Table(
    "throttles", metadata,
    Column("bucket", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("blocked_until", BigInteger, nullable=False),
)

enrolments = Table(
    "enrolments", metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("rater_id", ForeignKey("raters.id"), primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("consented_at", BigInteger),
    Column("qualified", Boolean),
    Column("paused_at", BigInteger),
    UniqueConstraint("study_id", "ordinal"),
)

assignments = Table(
    "assignments", metadata,
    Column("id", String(32), primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("rater_id", ForeignKey("raters.id"), nullable=False),
    Column("shown_order", JSON, nullable=False),
    Column("flipped", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("shown_at", BigInteger, nullable=False),
    UniqueConstraint("item_id", "rater_id"),
    CheckConstraint("state in ('open', 'asking', 'judged', 'skipped', 'expired')", name="state"),
    Index("ix_assignments_rater", "study_id", "rater_id", "state", "item_id", "flipped"),
    Index("ix_assignments_lease", "study_id", "state", "leased_until"),
)

judgments = Table(
    "judgments", metadata,
    Column("study_id", ForeignKey("studies.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("assignment_id", ForeignKey("assignments.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("salt", String(32)),
    Column("content", JSON(none_as_null=True)),
    Column("content_hash", String(64), nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("assignment_id", "revision"),
)

flags = Table(
    "flags", metadata,
    Column("id", String(32), primary_key=True),
    Column("study_id", ForeignKey("studies.id"), nullable=False, index=True),
    Column("item_id", ForeignKey("items.id"), nullable=False),
    Column("rater_id", ForeignKey("raters.id"), nullable=False),
    Column("note", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
)

events = Table(
    "events", metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("study_id", String(32), index=True),
    Column("at", BigInteger, nullable=False),
    Column("act", String(32), nullable=False),
    Column("detail", JSON, nullable=False),
)
