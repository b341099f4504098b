"""The tables of cases, accounts, checks and the journal."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column(
            "functions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(role = 'officer') = (office is not null)", name=op.f("ck_accounts_office")
        ),
        sa.CheckConstraint(
            "role in ('planner', 'officer', 'coordinator', 'steward', 'administrator')",
            name=op.f("ck_accounts_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_accounts_pseudonym")),
        sa.UniqueConstraint("subject", name=op.f("uq_accounts_subject")),
    )
    op.create_index(
        "uq_accounts_login", "accounts", [sa.literal_column("lower(login)")], unique=True
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index("ix_attempts_key_at", "attempts", ["key", "at"], unique=False)
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_blobs_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("detail_hash", sa.LargeBinary(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_case_id_seq", "journal", ["case_id", "seq"], unique=False)
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("name", name=op.f("uq_organisations_name")),
    )
    op.create_table(
        "repeats",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column(
            "headers", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_repeats")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sender_reference", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column(
            "uses", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("procedure", sa.String(), nullable=True),
        sa.Column("law", sa.String(), nullable=True),
        sa.Column(
            "municipalities",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
        ),
        sa.Column("municipality_names", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("deadline_fixed", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column(
            "dates", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("public_note", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('german', coalesce(title, '') || ' ' || coalesce(reference, '') || ' ' || coalesce(sender_reference, '') || ' ' || coalesce(summary, '') || ' ' || coalesce(municipality_names, ''))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_cases_revision")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_cases_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("reference", name=op.f("uq_cases_reference")),
    )
    op.create_index(
        "ix_cases_municipalities", "cases", ["municipalities"], unique=False, postgresql_using="gin"
    )
    op.create_index("ix_cases_search", "cases", ["search"], unique=False, postgresql_using="gin")
    op.create_index("ix_cases_state_due", "cases", ["state", "due"], unique=False)
    op.create_table(
        "details",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column(
            "body", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("erased", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["seq"], ["journal.seq"], name=op.f("fk_details_seq_journal")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_details")),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column(
            "values", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(account_id is null) <> (mailbox is null)", name=op.f("ck_mails_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_mails_account_id_accounts"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("event", "account_id", name=op.f("uq_mails_event_account_id")),
        sa.UniqueConstraint("event", "mailbox", name=op.f("uq_mails_event_mailbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mails_message_id")),
    )
    op.create_table(
        "memberships",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_memberships_account_id_accounts"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_memberships_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("account_id", "organisation_id", name=op.f("pk_memberships")),
    )
    op.create_table(
        "sessions",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "seen", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_sessions_account_id_accounts"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sessions")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "scopes", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_tokens_account_id_accounts"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("key", name=op.f("uq_tokens_key")),
    )
    op.create_table(
        "bundles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column(
            "items", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bundles_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index("ix_bundles_case_id", "bundles", ["case_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_claims_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claims_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", "office", name=op.f("pk_claims")),
    )
    op.create_table(
        "clocks_off",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_clocks_off_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "clock", name=op.f("pk_clocks_off")),
    )
    op.create_table(
        "contradictions",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("second", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("outward", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "found", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "cause = 'mark' or resolution is not null", name=op.f("ck_contradictions_settled")
        ),
        sa.CheckConstraint("cause in ('mark', 'rule')", name=op.f("ck_contradictions_cause")),
        sa.CheckConstraint(
            "(resolution is null) = (at is null)", name=op.f("ck_contradictions_resolution")
        ),
        sa.CheckConstraint("first < second", name=op.f("ck_contradictions_order")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_contradictions_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", "first", "second", name=op.f("pk_contradictions")),
    )
    op.create_table(
        "parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("erased", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "part in ('planning_authority', 'commissioned_office', 'developer', 'leading_authority', 'sender')",
            name=op.f("ck_parties_part"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_parties_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_parties_organisation_id_organisations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    op.create_index(op.f("ix_parties_case_id"), "parties", ["case_id"], unique=False)
    op.create_geospatial_table(
        "plan_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column(
            "said", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column(
            "question", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "understood", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "geometry",
            Geometry(
                srid=25833,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(geometry is null) = (question is not null)", name=op.f("ck_plan_versions_understood")
        ),
        sa.ForeignKeyConstraint(
            ["blob"], ["blobs.sha256"], name=op.f("fk_plan_versions_blob_blobs")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_plan_versions_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_plan_versions_case_id_number")),
    )
    op.create_index(op.f("ix_plan_versions_case_id"), "plan_versions", ["case_id"], unique=False)
    op.create_geospatial_index(
        "ix_plan_versions_geometry",
        "plan_versions",
        ["geometry"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.CheckConstraint("what in ('plan', 'statement')", name=op.f("ck_releases_what")),
        sa.CheckConstraint("(ended is null) = (ended_by is null)", name=op.f("ck_releases_ended")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_releases_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_releases")),
    )
    op.create_index(
        "uq_releases_standing",
        "releases",
        ["case_id", "what"],
        unique=True,
        postgresql_where="ended is null",
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column(
            "progress", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column(
            "problem", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "frozen", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "difference", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "unresolved", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (frozen is not null)", name=op.f("ck_checks_frozen")
        ),
        sa.CheckConstraint(
            "state in ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_checks_state"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_versions.id"], name=op.f("fk_checks_version_id_plan_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index(
        "ix_checks_version_id_created", "checks", ["version_id", "created"], unique=False
    )
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("scan", sa.String(), nullable=False),
        sa.Column(
            "facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("edition in ('inner', 'outward')", name=op.f("ck_documents_edition")),
        sa.CheckConstraint("scan in ('unchecked', 'clean')", name=op.f("ck_documents_scan")),
        sa.ForeignKeyConstraint(["blob"], ["blobs.sha256"], name=op.f("fk_documents_blob_blobs")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_versions.id"], name=op.f("fk_documents_version_id_plan_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_case_id"), "documents", ["case_id"], unique=False)
    op.create_table(
        "statements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("assessment", sa.String(), nullable=True),
        sa.Column("changes", sa.String(), nullable=True),
        sa.Column(
            "gaps", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("objection", sa.Boolean(), nullable=False),
        sa.Column(
            "committee", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("approved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("binding", sa.String(), nullable=True),
        sa.Column("binding_by", sa.String(), nullable=True),
        sa.Column("binding_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (content is null)", name=op.f("ck_statements_content")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent is not null)", name=op.f("ck_statements_sent")
        ),
        sa.CheckConstraint(
            "kind <> 'correction' or changes is not null", name=op.f("ck_statements_changes")
        ),
        sa.CheckConstraint(
            "kind in ('statement', 'supplement', 'correction')", name=op.f("ck_statements_kind")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'cosigning', 'approved', 'sent')", name=op.f("ck_statements_state")
        ),
        sa.CheckConstraint(
            "verdict in ('rejection', 'concerns', 'conditions', 'notes', 'consent', 'reserved')",
            name=op.f("ck_statements_verdict"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_statements_revision")),
        sa.ForeignKeyConstraint(
            ["binding"], ["blobs.sha256"], name=op.f("fk_statements_binding_blobs")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_statements_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["plan_versions.id"],
            name=op.f("fk_statements_version_id_plan_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statements")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_statements_case_id_number")),
    )
    op.create_index(
        "uq_statements_under_way",
        "statements",
        ["case_id"],
        unique=True,
        postgresql_where="state in ('draft', 'cosigning', 'approved')",
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column(
            "released", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("stand_in", sa.String(), nullable=True),
        sa.Column("resubmit", sa.Date(), nullable=True),
        sa.Column("resubmit_note", sa.String(), nullable=True),
        sa.Column("outside_body", sa.String(), nullable=True),
        sa.Column("outside_until", sa.Date(), nullable=True),
        sa.Column("escalated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing", sa.String(), nullable=True),
        sa.Column("closing_code", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state = 'not_affected') <= (closing is not null)", name=op.f("ck_tasks_closing")
        ),
        sa.CheckConstraint(
            "state in ('open', 'seen', 'working', 'cosigning', 'answered', 'not_affected', 'no_answer', 'withdrawn', 'superseded')",
            name=op.f("ck_tasks_state"),
        ),
        sa.CheckConstraint(
            "(outside_body is null) = (outside_until is null)", name=op.f("ck_tasks_outside")
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_tasks_revision")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["accounts.id"], name=op.f("fk_tasks_assignee_id_accounts")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_versions.id"], name=op.f("fk_tasks_version_id_plan_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("version_id", "office", name=op.f("uq_tasks_version_id_office")),
    )
    op.create_index("ix_tasks_case_id", "tasks", ["case_id"], unique=False)
    op.create_index("ix_tasks_office_state_due", "tasks", ["office", "state", "due"], unique=False)
    op.create_index("ix_tasks_stand_in", "tasks", ["stand_in"], unique=False)
    op.create_table(
        "answer_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("read", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_answer_links_task_id_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_links")),
    )
    op.create_index(op.f("ix_answer_links_task_id"), "answer_links", ["task_id"], unique=False)
    op.create_table(
        "contributions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("received", sa.Date(), nullable=True),
        sa.Column("office_reference", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("reused_from", sa.Uuid(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("circulated", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state in ('released', 'superseded')) = (released is not null)",
            name=op.f("ck_contributions_out"),
        ),
        sa.CheckConstraint(
            "source in ('own', 'mail', 'letter', 'link', 'docx')",
            name=op.f("ck_contributions_source"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'circulating', 'released', 'superseded')",
            name=op.f("ck_contributions_state"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_contributions_revision")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_contributions_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["reused_from"],
            ["contributions.id"],
            name=op.f("fk_contributions_reused_from_contributions"),
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_contributions_task_id_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint("task_id", "number", name=op.f("uq_contributions_task_id_number")),
    )
    op.create_index(
        "uq_contributions_under_way",
        "contributions",
        ["task_id"],
        unique=True,
        postgresql_where="state in ('draft', 'circulating')",
    )
    op.create_table(
        "cosignatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "function", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("deputy", sa.String(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state in ('signed', 'returned')) = (by is not null)", name=op.f("ck_cosignatures_by")
        ),
        sa.CheckConstraint(
            "state <> 'returned' or remark is not null", name=op.f("ck_cosignatures_remark")
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'asked', 'signed', 'returned', 'void')",
            name=op.f("ck_cosignatures_state"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_cosignatures_statement_id_statements"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosignatures")),
        sa.UniqueConstraint(
            "statement_id",
            "round",
            "position",
            name=op.f("uq_cosignatures_statement_id_round_position"),
        ),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("effect", sa.String(), nullable=True),
        sa.Column("certainty", sa.String(), nullable=True),
        sa.Column(
            "reasons", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "certainty in ('certain', 'possible', 'open', 'claimed')",
            name=op.f("ck_decisions_certainty"),
        ),
        sa.CheckConstraint(
            "decision in ('involve', 'drop', 'add', 'hint', 'carry')",
            name=op.f("ck_decisions_decision"),
        ),
        sa.CheckConstraint(
            "decision not in ('drop', 'add') or reason is not null",
            name=op.f("ck_decisions_reason"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decisions_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_decisions_check_id_checks")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_versions.id"], name=op.f("fk_decisions_version_id_plan_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("version_id", "office", name=op.f("uq_decisions_version_id_office")),
    )
    op.create_index("ix_decisions_case_id", "decisions", ["case_id"], unique=False)
    op.create_table(
        "dispatches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "way in ('mail', 'post', 'portal', 'bebpo', 'fax', 'hand')",
            name=op.f("ck_dispatches_way"),
        ),
        sa.ForeignKeyConstraint(
            ["proof"], ["documents.id"], name=op.f("fk_dispatches_proof_documents")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statements.id"], name=op.f("fk_dispatches_statement_id_statements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
    )
    op.create_index("ix_dispatches_statement_id", "dispatches", ["statement_id"], unique=False)
    op.create_table(
        "extensions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("span", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("requested", sa.Date(), nullable=False),
        sa.Column("decided", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "state = 'requested' or decided is not null", name=op.f("ck_extensions_decided")
        ),
        sa.CheckConstraint(
            "state in ('requested', 'consented', 'refused')", name=op.f("ck_extensions_state")
        ),
        sa.CheckConstraint(
            "(until is null) <> (span is null)", name=op.f("ck_extensions_until_or_span")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_extensions_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_extensions_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    op.create_index(op.f("ix_extensions_case_id"), "extensions", ["case_id"], unique=False)
    op.create_table(
        "involvements",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_involvements_check_id_checks")
        ),
        sa.PrimaryKeyConstraint("check_id", "office", name=op.f("pk_involvements")),
    )
    op.create_index("ix_involvements_office", "involvements", ["office"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_reminders_task_id_tasks")),
        sa.PrimaryKeyConstraint("task_id", "occasion", name=op.f("pk_reminders")),
    )
    op.create_table(
        "reports",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_reports_check_id_checks")
        ),
        sa.PrimaryKeyConstraint("check_id", "audience", "language", name=op.f("pk_reports")),
    )
    op.create_table(
        "statement_files",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.CheckConstraint(
            "edition in ('inner', 'outward')", name=op.f("ck_statement_files_edition")
        ),
        sa.ForeignKeyConstraint(
            ["blob"], ["blobs.sha256"], name=op.f("fk_statement_files_blob_blobs")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statements.id"],
            name=op.f("fk_statement_files_statement_id_statements"),
        ),
        sa.PrimaryKeyConstraint("statement_id", "edition", "form", name=op.f("pk_statement_files")),
    )
    op.create_table(
        "supplements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("forwarded_text", sa.String(), nullable=True),
        sa.Column("wanted_by", sa.Date(), nullable=True),
        sa.Column("stops_clock", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("forwarded", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forwarded_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' or answer is not null", name=op.f("ck_supplements_answer")
        ),
        sa.CheckConstraint(
            "state in ('asked', 'forwarded', 'answered', 'refused', 'withdrawn')",
            name=op.f("ck_supplements_state"),
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_supplements_revision")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_supplements_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_supplements_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name=op.f("fk_supplements_task_id_tasks")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplements")),
    )
    op.create_index("ix_supplements_case_id", "supplements", ["case_id"], unique=False)
    op.create_table(
        "tracings",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_tracings_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_versions.id"], name=op.f("fk_tracings_version_id_plan_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_tracings")),
    )
    op.create_index(op.f("ix_tracings_document_id"), "tracings", ["document_id"], unique=False)
    op.create_table(
        "weighings",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "result in ('followed', 'partly', 'rejected', 'noted')",
            name=op.f("ck_weighings_result"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_weighings_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_weighings_document_id_documents")
        ),
        sa.PrimaryKeyConstraint("case_id", "item", name=op.f("pk_weighings")),
    )
    op.create_geospatial_table(
        "items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("binding", sa.String(), nullable=True),
        sa.Column("exception", sa.String(), nullable=True),
        sa.Column("exception_by", sa.String(), nullable=True),
        sa.Column("exception_step", sa.String(), nullable=True),
        sa.Column("own_rights", sa.Boolean(), nullable=False),
        sa.Column("planned_for", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("stance", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column(
            "place",
            Geometry(
                srid=25833,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("layer", sa.String(), nullable=True),
        sa.Column("object", sa.String(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("outward", sa.String(), nullable=True),
        sa.Column("block", sa.String(), nullable=True),
        sa.Column("prepared", sa.Boolean(), nullable=False),
        sa.Column("reused_from", sa.Uuid(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "changed", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("binding in ('law', 'weighing')", name=op.f("ck_items_binding")),
        sa.CheckConstraint("edition in ('public', 'internal')", name=op.f("ck_items_edition")),
        sa.CheckConstraint(
            "exception in ('held_out', 'excluded', 'open')", name=op.f("ck_items_exception")
        ),
        sa.CheckConstraint(
            "kind in ('einwendung', 'bedenken', 'forderung', 'hinweis', 'anregung', 'eigene_planung', 'keine_bedenken', 'fehlanzeige')",
            name=op.f("ck_items_kind"),
        ),
        sa.CheckConstraint(
            "stance in ('supports', 'neutral', 'conflicts')", name=op.f("ck_items_stance")
        ),
        sa.CheckConstraint("priority between 1 and 3", name=op.f("ck_items_priority")),
        sa.CheckConstraint("revision > 0", name=op.f("ck_items_revision")),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_items_contribution_id_contributions"),
            ondelete="cascade",
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_items_document_id_documents")
        ),
        sa.ForeignKeyConstraint(
            ["reused_from"],
            ["items.id"],
            name=op.f("fk_items_reused_from_items"),
            ondelete="set null",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
        sa.UniqueConstraint(
            "contribution_id", "number", name=op.f("uq_items_contribution_id_number")
        ),
    )
    op.create_geospatial_index(
        "ix_items_place",
        "items",
        ["place"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "function", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("mailbox", sa.String(), nullable=True),
        sa.Column("office", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("deputy", sa.String(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "(state in ('signed', 'returned')) = (by is not null)", name=op.f("ck_signatures_by")
        ),
        sa.CheckConstraint(
            "state <> 'returned' or remark is not null", name=op.f("ck_signatures_remark")
        ),
        sa.CheckConstraint(
            "state in ('waiting', 'asked', 'signed', 'returned', 'void')",
            name=op.f("ck_signatures_state"),
        ),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contributions.id"],
            name=op.f("fk_signatures_contribution_id_contributions"),
            ondelete="cascade",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint(
            "contribution_id",
            "round",
            "position",
            name=op.f("uq_signatures_contribution_id_round_position"),
        ),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "fields", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('open', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_suggestions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name=op.f("fk_suggestions_item_id_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestions")),
    )
    op.create_index(
        "uq_suggestions_open",
        "suggestions",
        ["item_id"],
        unique=True,
        postgresql_where="state = 'open'",
    )


def downgrade() -> None:
    """Take back."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_index(
        "uq_suggestions_open", table_name="suggestions", postgresql_where="state = 'open'"
    )
    op.drop_table("suggestions")
    op.drop_table("signatures")
    op.drop_geospatial_index(
        "ix_items_place", table_name="items", postgresql_using="gist", column_name="place"
    )
    op.drop_geospatial_table("items")
    op.drop_table("weighings")
    op.drop_index(op.f("ix_tracings_document_id"), table_name="tracings")
    op.drop_table("tracings")
    op.drop_index("ix_supplements_case_id", table_name="supplements")
    op.drop_table("supplements")
    op.drop_table("statement_files")
    op.drop_table("reports")
    op.drop_table("reminders")
    op.drop_index("ix_involvements_office", table_name="involvements")
    op.drop_table("involvements")
    op.drop_index(op.f("ix_extensions_case_id"), table_name="extensions")
    op.drop_table("extensions")
    op.drop_index("ix_dispatches_statement_id", table_name="dispatches")
    op.drop_table("dispatches")
    op.drop_index("ix_decisions_case_id", table_name="decisions")
    op.drop_table("decisions")
    op.drop_table("cosignatures")
    op.drop_index(
        "uq_contributions_under_way",
        table_name="contributions",
        postgresql_where="state in ('draft', 'circulating')",
    )
    op.drop_table("contributions")
    op.drop_index(op.f("ix_answer_links_task_id"), table_name="answer_links")
    op.drop_table("answer_links")
    op.drop_index("ix_tasks_stand_in", table_name="tasks")
    op.drop_index("ix_tasks_office_state_due", table_name="tasks")
    op.drop_index("ix_tasks_case_id", table_name="tasks")
    op.drop_table("tasks")
    op.drop_index(
        "uq_statements_under_way",
        table_name="statements",
        postgresql_where="state in ('draft', 'cosigning', 'approved')",
    )
    op.drop_table("statements")
    op.drop_index(op.f("ix_documents_case_id"), table_name="documents")
    op.drop_table("documents")
    op.drop_index("ix_checks_version_id_created", table_name="checks")
    op.drop_table("checks")
    op.drop_index("uq_releases_standing", table_name="releases", postgresql_where="ended is null")
    op.drop_table("releases")
    op.drop_geospatial_index(
        "ix_plan_versions_geometry",
        table_name="plan_versions",
        postgresql_using="gist",
        column_name="geometry",
    )
    op.drop_index(op.f("ix_plan_versions_case_id"), table_name="plan_versions")
    op.drop_geospatial_table("plan_versions")
    op.drop_index(op.f("ix_parties_case_id"), table_name="parties")
    op.drop_table("parties")
    op.drop_table("contradictions")
    op.drop_table("clocks_off")
    op.drop_table("claims")
    op.drop_index("ix_bundles_case_id", table_name="bundles")
    op.drop_table("bundles")
    op.drop_table("tokens")
    op.drop_table("sessions")
    op.drop_table("memberships")
    op.drop_table("mails")
    op.drop_table("details")
    op.drop_index("ix_cases_state_due", table_name="cases")
    op.drop_index("ix_cases_search", table_name="cases", postgresql_using="gin")
    op.drop_index("ix_cases_municipalities", table_name="cases", postgresql_using="gin")
    op.drop_table("cases")
    op.drop_table("repeats")
    op.drop_table("organisations")
    op.drop_index("ix_journal_case_id_seq", table_name="journal")
    op.drop_table("journal")
    op.drop_table("counters")
    op.drop_table("blobs")
    op.drop_index("ix_attempts_key_at", table_name="attempts")
    op.drop_table("attempts")
    op.drop_index("uq_accounts_login", table_name="accounts")
    op.drop_table("accounts")
