"""what workspaces add to the catalogue and hide of it; REST services by their OpenAPI document"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TRANSPORT = "ck_connections_connection_transport"


def upgrade() -> None:
    op.create_table(
        "catalog_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=True),
        sa.Column("imported_by_name", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["users.id"], name=op.f("fk_catalog_imports_imported_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_catalog_imports_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_imports")),
        sa.UniqueConstraint("workspace_id", "service", name=op.f("uq_catalog_imports_workspace_id")),
    )
    op.create_table(
        "catalog_hidden",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_catalog_hidden_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_hidden")),
        sa.UniqueConstraint("workspace_id", "service", name=op.f("uq_catalog_hidden_workspace_id")),
    )
    op.create_table(
        "api_descriptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(), nullable=False),
        sa.Column("recipes", sa.LargeBinary(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_api_descriptions_connection_id_connections"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_api_descriptions_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_descriptions")),
        sa.UniqueConstraint("connection_id", name=op.f("uq_api_descriptions_connection_id")),
    )
    op.create_index(op.f("ix_api_descriptions_workspace_id"), "api_descriptions", ["workspace_id"])
    op.drop_constraint(op.f(TRANSPORT), "connections", type_="check")
    op.create_check_constraint(op.f(TRANSPORT), "connections", "transport IN ('streamable_http', 'sse', 'openapi')")


def downgrade() -> None:
    op.execute("DELETE FROM connections WHERE transport = 'openapi'")
    op.drop_constraint(op.f(TRANSPORT), "connections", type_="check")
    op.create_check_constraint(op.f(TRANSPORT), "connections", "transport IN ('streamable_http', 'sse')")
    op.drop_table("api_descriptions")
    op.drop_table("catalog_hidden")
    op.drop_table("catalog_imports")
