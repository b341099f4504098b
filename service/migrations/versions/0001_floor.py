"""PostGIS, and the tables of the job queue as its library defines them."""

from collections.abc import Sequence

from alembic import op
from procrastinate.schema import SchemaManager

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("create extension if not exists postgis")
    # The driver takes several statements at once only when there are no parameters.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    """Take back: the extension stays, others may use it."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("drop table if exists procrastinate_events, procrastinate_periodic_defers cascade")
    op.execute("drop table if exists procrastinate_jobs, procrastinate_workers cascade")
    op.execute(
        "do $$ declare f record; begin for f in select oid::regprocedure as name from pg_proc "
        "where proname like 'procrastinate_%' and pronamespace = current_schema()::regnamespace "
        "loop execute 'drop function ' || f.name || ' cascade'; end loop; end $$"
    )
    for name in ("job_to_defer_v1", "job_status", "job_event_type"):
        op.execute(f"drop type if exists procrastinate_{name} cascade")
