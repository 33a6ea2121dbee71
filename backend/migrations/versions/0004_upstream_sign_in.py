"""upstream sign-in"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("renew_after", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f("ck_connections_connection_auth"), "connections", type_="check")
    op.create_check_constraint(
        op.f("ck_connections_connection_auth"), "connections", "auth IN ('none', 'bearer', 'header', 'oauth')"
    )
    op.create_table(
        "connection_sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("client_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("grant_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_in_by", sa.Uuid(), nullable=True),
        sa.Column("signed_in_by_name", sa.Text(), nullable=True),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_connection_sign_ins_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["signed_in_by"], ["users.id"], name=op.f("fk_connection_sign_ins_signed_in_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connection_sign_ins_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_sign_ins")),
        sa.UniqueConstraint("connection_id", name=op.f("uq_connection_sign_ins_connection_id")),
    )
    op.create_index(op.f("ix_connection_sign_ins_workspace_id"), "connection_sign_ins", ["workspace_id"])
    op.create_table(
        "connection_sign_in_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("journey_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sa_orm_sentinel", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_connection_sign_in_attempts_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_connection_sign_in_attempts_user_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_connection_sign_in_attempts_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_sign_in_attempts")),
        sa.UniqueConstraint("state_digest", name=op.f("uq_connection_sign_in_attempts_state_digest")),
    )
    op.create_index(op.f("ix_connection_sign_in_attempts_workspace_id"), "connection_sign_in_attempts", ["workspace_id"])


def downgrade() -> None:
    op.drop_table("connection_sign_in_attempts")
    op.drop_table("connection_sign_ins")
    op.execute("DELETE FROM connections WHERE auth = 'oauth'")
    op.drop_constraint(op.f("ck_connections_connection_auth"), "connections", type_="check")
    op.create_check_constraint(op.f("ck_connections_connection_auth"), "connections", "auth IN ('none', 'bearer', 'header')")
    op.drop_column("connections", "renew_after")
