"""checks of own accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("own_accounts", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("own_accounts", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("own_accounts", sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("own_accounts", sa.Column("failures_in_row", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_own_accounts_next_check_at", "own_accounts", ["next_check_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_own_accounts_next_check_at", table_name="own_accounts")
    for column in ("failures_in_row", "next_check_at", "checked_at", "used_at"):
        op.drop_column("own_accounts", column)
