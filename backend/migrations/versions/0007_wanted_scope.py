"""what a service wants besides what its sign-in covers"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("wanted_scope", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("connections", "wanted_scope")
