"""local servers"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAME = "ck_connections_connection_transport"


def upgrade() -> None:
    op.drop_constraint(op.f(_NAME), "connections", type_="check")
    op.create_check_constraint(op.f(_NAME), "connections", "transport IN ('streamable_http', 'sse', 'openapi', 'stdio')")


def downgrade() -> None:
    op.execute("DELETE FROM connections WHERE transport = 'stdio'")
    op.drop_constraint(op.f(_NAME), "connections", type_="check")
    op.create_check_constraint(op.f(_NAME), "connections", "transport IN ('streamable_http', 'sse', 'openapi')")
