"""Whoever does not own the tables sees no row, but those of plans released to the public."""

from collections.abc import Sequence

from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OURS = """
SELECT format('ALTER TABLE %I {how} ROW LEVEL SECURITY', relname) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND relname <> 'alembic_version' AND relname NOT LIKE 'procrastinate%'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid
                    AND d.deptype = 'e')
"""
STANDS = "r.what = 'plan' and r.ended is null and r.until >= current_date"
RELEASED = "exists (select from releases r where r.case_id = {case} and " + STANDS + ")"
POLICIES = {
    "releases": "ended is null and until >= current_date",
    "cases": "state <> 'withdrawn' and " + RELEASED.format(case="cases.id"),
    "plan_versions": "geometry is not null and " + RELEASED.format(case="plan_versions.case_id"),
}


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    _each("ENABLE")
    for table, condition in POLICIES.items():
        op.execute(f"create policy released on {table} for select using ({condition})")


def downgrade() -> None:
    """Take back."""
    op.execute("set local lock_timeout = '5s'")
    for table in POLICIES:
        op.execute(f"drop policy released on {table}")
    _each("DISABLE")


def _each(how: str) -> None:
    op.execute(f"DO $$ DECLARE one text; BEGIN FOR one IN {OURS.format(how=how)} LOOP "
               "EXECUTE one; END LOOP; END $$")  # fmt: skip
