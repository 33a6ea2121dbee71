"""wanted scope of own accounts"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("own_accounts", sa.Column("wanted_scope", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("own_accounts", "wanted_scope")
