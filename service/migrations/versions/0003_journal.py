"""The journal refuses changes, whoever asks."""

from collections.abc import Sequence

from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(
        "create function journal_is_append_only() returns trigger language plpgsql as $$ "
        "begin raise exception 'the journal is append-only'; end $$"
    )
    op.execute(
        "create trigger append_only before update or delete or truncate on journal "
        "for each statement execute function journal_is_append_only()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop trigger append_only on journal")
    op.execute("drop function journal_is_append_only()")
