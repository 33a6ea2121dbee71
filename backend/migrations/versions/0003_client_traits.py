"""client traits"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("authorizations", sa.Column("log_level", sa.Text(), nullable=True))
    op.create_table(
        "spent_request_states",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_request_states")),
    )
    op.create_index("ix_spent_request_states_expires_at", "spent_request_states", ["expires_at"], unique=False)


def downgrade() -> None:
    op.drop_table("spent_request_states")
    op.drop_column("authorizations", "log_level")
