"""Adds the columns by which an item counts its own places."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("taken", "flips"):
        op.add_column("items", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    live = "FROM assignments WHERE assignments.item_id = items.id AND state IN ('open', 'asking', 'judged')"
    op.execute(f"UPDATE items SET taken = (SELECT count(*) {live}), flips = (SELECT count(*) {live} AND flipped)")
    op.create_index("ix_items_free", "items",
                    ["study_id", "kind", "retired_at", "taken", "ordinal", "overlap", "id", "stratum", "flips"])
    op.drop_index("ix_assignments_rater", "assignments")
    op.create_index("ix_assignments_rater", "assignments", ["study_id", "rater_id", "state", "item_id", "flipped"])
    op.create_index("ix_assignments_lease", "assignments", ["study_id", "state", "leased_until"])
