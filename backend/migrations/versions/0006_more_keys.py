"""keys as user name and password, or in the address"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "ck_connections_connection_auth"


def upgrade() -> None:
    op.drop_constraint(op.f(NAME), "connections", type_="check")
    op.create_check_constraint(op.f(NAME), "connections", "auth IN ('none', 'bearer', 'header', 'basic', 'query', 'oauth')")


def downgrade() -> None:
    op.execute("UPDATE connections SET auth = 'none', credential_sealed = NULL WHERE auth IN ('basic', 'query')")
    op.drop_constraint(op.f(NAME), "connections", type_="check")
    op.create_check_constraint(op.f(NAME), "connections", "auth IN ('none', 'bearer', 'header', 'oauth')")
