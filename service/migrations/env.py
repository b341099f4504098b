"""How Alembic reaches the database; it looks at the tables of `service.models` only."""

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool

from service import models  # noqa: F401 - the tables register themselves
from service.db import Base

OURS = frozenset(Base.metadata.tables)


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    # The job queue brings its own tables, PostGIS too; a migration of ours calls for them once.
    return kind != "table" or name in OURS


engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_name=_ours,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
