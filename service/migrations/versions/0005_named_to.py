"""A check names an office to an audience: what one may not see must not be found by it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = "pk_involvements"
OTHERS = """
insert into involvements (check_id, office, audience, effect, certainty)
select r.check_id, named->>'office', r.audience, named->>'effect', named->>'certainty'
from reports r, jsonb_array_elements(convert_from(r.body, 'UTF8')::jsonb->'offices') named
where r.language = 'de' and r.audience <> 'internal'
"""


def upgrade() -> None:
    """Apply; the reports that are kept say whom they name."""
    op.execute("set local lock_timeout = '5s'")
    column = sa.Column("audience", sa.String(), nullable=False, server_default="internal")
    op.add_column("involvements", column)
    op.alter_column("involvements", "audience", server_default=None)
    op.drop_constraint(KEY, "involvements", type_="primary")
    op.create_primary_key(KEY, "involvements", ["check_id", "office", "audience"])
    op.execute(OTHERS)


def downgrade() -> None:
    """Take back."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from involvements where audience <> 'internal'")
    op.drop_constraint(KEY, "involvements", type_="primary")
    op.drop_column("involvements", "audience")
    op.create_primary_key(KEY, "involvements", ["check_id", "office"])
