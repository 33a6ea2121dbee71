"""finding tools"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from conducktor.connections.finding.words import called, said

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_WORDS = "setweight(to_tsvector('english', called), 'A') || setweight(to_tsvector('english', said), 'C')"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("offering", sa.Text(), server_default="all", nullable=False))
    op.add_column("toolsets", sa.Column("offering", sa.Text(), server_default="all", nullable=False))
    op.alter_column("toolsets", "offering", server_default=None)
    op.create_check_constraint("toolset_offering", "toolsets", "offering IN ('all', 'search')")
    op.add_column("tools", sa.Column("called", sa.Text(), server_default="", nullable=False))
    op.add_column("tools", sa.Column("said", sa.Text(), server_default="", nullable=False))
    known = op.get_bind().execute(sa.text("SELECT id, full_name, definition FROM tools")).all()
    for id_, full_name, definition in known:
        given = {"id": id_, "called": called(full_name, definition), "said": said(definition)}
        op.get_bind().execute(sa.text("UPDATE tools SET called = :called, said = :said WHERE id = :id"), given)
    op.alter_column("tools", "called", server_default=None)
    op.alter_column("tools", "said", server_default=None)
    op.add_column("tools", sa.Column("words", postgresql.TSVECTOR(), sa.Computed(_WORDS, persisted=True), nullable=False))


def downgrade() -> None:
    for column in ("words", "said", "called"):
        op.drop_column("tools", column)
    op.drop_constraint("toolset_offering", "toolsets")
    op.drop_column("toolsets", "offering")
    op.drop_column("workspaces", "offering")
