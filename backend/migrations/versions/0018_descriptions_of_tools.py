"""descriptions of tools"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tools", sa.Column("title_here", sa.Text(), nullable=True))
    op.add_column("tools", sa.Column("description_here", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("tools", "description_here")
    op.drop_column("tools", "title_here")
