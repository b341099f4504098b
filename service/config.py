"""Settings of the service, read once from the environment (prefix ``BELANG_``).

Every setting is one field here; `docs/operations.md` has the same table. A setting that cannot be
used stops the start with its name and what is wrong with it.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from layers.store import default_root


class Settings(BaseSettings):
    """Everything that can be set; sizes in bytes, times in the unit their name says."""

    model_config = SettingsConfigDict(env_prefix="belang_", extra="ignore", frozen=True)

    # where things are
    data: Path = Field(default_factory=default_root, description="data folder")
    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL with PostGIS; without it Belang runs its own"
    )
    catalogue: Path | None = Field(default=None, description="catalogue; default: the sample's")
    house: Path | None = Field(
        default=None, description="house rules: letterhead, mailboxes, lead times; default: sample"
    )

    # how it is reached
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8400, ge=0, le=65_535, description="port to listen on; 0: any free")
    base_url: HttpUrl | None = Field(default=None, description="address users see, for links")
    root_path: str = Field(default="", description="path below which a proxy serves Belang")
    trusted_proxies: str = Field(
        default="127.0.0.1", description="addresses whose forwarded headers count, with commas"
    )
    workers: int = Field(default=1, ge=0, le=64, description="worker processes; 0: none here")
    jobs_at_once: int = Field(default=2, ge=1, le=16, description="jobs a worker runs at a time")

    # who may come in
    session_idle_minutes: int = Field(default=30, ge=1, description="a session ends unused after")
    session_hours: int = Field(default=12, ge=1, description="a session ends at the latest after")
    login_tries: int = Field(default=5, ge=1, description="failed log-ins per account and address")
    login_window_minutes: int = Field(default=15, ge=1, description="within this time")
    oidc_issuer: HttpUrl | None = Field(default=None, description="OpenID Connect issuer")
    oidc_client_id: str | None = Field(default=None, description="this service at the issuer")
    oidc_client_secret: SecretStr | None = Field(default=None, description="secret, if it has one")
    oidc_role_claim: str = Field(default="belang_role", description="claim that holds the role")
    oidc_office_claim: str = Field(default="belang_office", description="claim with the office")
    oidc_organisation_claim: str = Field(
        default="belang_organisation", description="claim with a planner's organisation"
    )

    # what may be handed in
    upload_bytes: int = Field(default=50_000_000, ge=1_000, description="largest plan file")
    document_bytes: int = Field(default=200_000_000, ge=1_000, description="largest document")
    uploads_per_minute: int = Field(default=30, ge=1, description="per account")
    check_processes: int = Field(
        default=2, ge=0, le=64, description="processes for checks without a case; 0: the server's"
    )
    anonymous_checks_per_minute: int = Field(default=6, ge=0, description="per address; 0: none")
    clamd: str | None = Field(
        default=None,
        pattern=r"^(/.+|[^/\s]+:[0-9]{1,5})$",
        description="clamd: socket path or host:port; without it documents stay unchecked",
    )

    # how cases are kept
    reference_pattern: str = Field(
        default="KE-{year}-{number:04d}", description="file reference: {year}, {number}"
    )
    retention_years: int = Field(default=10, ge=1, description="names are kept after closing")
    near_m: float = Field(default=1_000.0, gt=0, description="neighbouring cases within, metres")

    # mail
    smtp_host: str | None = Field(default=None, description="mail server; without it none is sent")
    smtp_port: int = Field(default=25, ge=1, le=65_535, description="its port")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="none", description="protection")
    smtp_user: str | None = Field(default=None, description="log-in at the mail server")
    smtp_password: SecretStr | None = Field(default=None, description="password there")
    mail_from: str = Field(default="belang@localhost", description="sender of mails")

    # maps and pages
    base_map_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s{}]+(\{[xyz]\}[^\s{}]*){3}$",
        description="tiles of a base map, an address with {z}, {x} and {y}; without: own layers",
    )
    base_map_attribution: str = Field(
        default="", max_length=300, description="whom the base map is to be attributed to"
    )
    base_map_zoom: int = Field(default=18, ge=1, le=22, description="its largest zoom")
    base_map_days: float = Field(default=30.0, gt=0, description="a tile is asked for again after")
    base_map_bytes: int = Field(
        default=2_000_000_000, ge=1_000_000, description="most that is kept of a base map"
    )
    embedding: str = Field(
        default="",
        pattern=r"^(\*|https?://(\*\.)?[\w.-]+(:\d{1,5})?( https?://(\*\.)?[\w.-]+(:\d{1,5})?)*)?$",
        description="who may embed map and plans, addresses with blanks; *: everybody",
    )

    # going out
    https_proxy: str | None = Field(default=None, description="proxy for layer sources, issuer")
    ca_bundle: Path | None = Field(default=None, description="own certificate authorities, PEM")

    # how it speaks
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="least level that is logged"
    )
    log_format: Literal["json", "text"] = Field(default="json", description="form of the log")
    metrics_token: SecretStr | None = Field(
        default=None, description="whoever reads /metrics needs it; without, only this machine may"
    )
    public_instance: bool = Field(
        default=False, description="serve an export to the public only, no log-in, no cases"
    )

    @model_validator(mode="after")
    def _whole(self) -> "Settings":
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("BELANG_OIDC_ISSUER needs BELANG_OIDC_CLIENT_ID")
        try:
            two = {self.reference_pattern.format(year=2026, number=n) for n in (1, 2)}
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"BELANG_REFERENCE_PATTERN: {error}") from error
        if len(two) < 2:
            raise ValueError("BELANG_REFERENCE_PATTERN must hold {number}")
        if self.base_map_url and not all(f"{{{n}}}" in self.base_map_url for n in "xyz"):
            raise ValueError("BELANG_BASE_MAP_URL must hold {z}, {x} and {y}")
        return self

    @property
    def secure(self) -> bool:
        """Tell whether users reach the service by https, so that cookies may be `Secure`."""
        return self.base_url is not None and self.base_url.scheme == "https"
