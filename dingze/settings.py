"""The settings of one running Dingze, from the environment (`DINGZE_*`) or the command line; one typed object."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from terms.errors import BadInput
from terms.reasons import reason_of


class Settings(BaseSettings):
    """Every setting, with its default. `docs/configuration.md` names each one; a test holds the two together."""

    model_config = SettingsConfigDict(
        env_prefix="DINGZE_",
        frozen=True,
        extra="ignore",
        # secrets by file: /run/secrets/dingze_database_url and the like, where a container puts them
        secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
    )

    database_url: Annotated[str, Field(description="sqlite:///PATH or postgresql://USER@HOST/NAME")] = (
        "sqlite:///var/dingze.db"
    )
    master_key: Annotated[Path | None, Field(description="the master key file; default beside the database")] = None
    safe: Annotated[
        Path | None,
        Field(description="folder of erasure receipts, signing key and daily seals; default: beside the master key"),
    ] = None
    city_file: Annotated[Path | None, Field(description="the city's TOML file; default: the built-in defaults")] = None
    cache: Annotated[Path, Field(description="folder for route indexes and the segmenter's cache")] = Path("var/cache")
    cutter: Annotated[
        Literal["jieba", "rjieba"], Field(description="what cuts words; `rjieba`, the same words sooner, is an extra")
    ] = "jieba"
    host: Annotated[str, Field(description="address that `serve` listens on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="port that `serve` listens on")] = 8000
    kafka_servers: Annotated[str, Field(description="host:port of the brokers, joined by a comma; empty: no Kafka")] = (
        ""
    )
    kafka_prefix: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9._-]{0,60}$",
            description="put before the names of topics and group: several cities on one cluster, as `yunze.`",
        ),
    ] = ""
    kafka_security: Annotated[
        Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], Field(description="how the brokers are spoken to")
    ] = "PLAINTEXT"
    kafka_ca: Annotated[
        Path | None, Field(description="certificates that vouch for the brokers; default: the system's")
    ] = None
    kafka_mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"], Field(description="how the account is proved, with SASL")
    ] = "SCRAM-SHA-512"
    kafka_user: Annotated[str, Field(description="the account at the brokers, with SASL")] = ""
    kafka_password: Annotated[str, Field(repr=False, description="its password")] = ""
    attachments: Annotated[
        Path | None, Field(description="folder of the sealed files of orders; default beside the database")
    ] = None
    papers: Annotated[Path | None, Field(description="folder of the city's own document templates")] = None
    notices_folder: Annotated[Path | None, Field(description="folder that notices are written to, a file each")] = None
    notices_webhook: Annotated[str, Field(description="https address that notices are posted to; empty: none")] = ""
    notices_secret: Annotated[
        str, Field(repr=False, description="signs what is posted to the webhook; at least 16 characters")
    ] = ""
    log_level: Annotated[str, Field(description="debug, info, warning or error")] = "warning"
    metrics_token: Annotated[str, Field(description="opens /metrics to other machines; empty: this machine only")] = ""
    worker_address: Annotated[
        str, Field(description="host:port on which `work` answers /healthz, /readyz and /metrics; empty: none")
    ] = ""
    tracing: Annotated[str, Field(description="OTLP address that spans are sent to; empty: no tracing")] = ""
    session_hours: Annotated[int, Field(ge=1, description="hours until a sign-in ends")] = 10
    oidc_issuer: Annotated[str, Field(description="OpenID Connect provider that signs people in; empty: none")] = ""
    oidc_client_id: Annotated[str, Field(description="as whom the provider knows this Dingze")] = ""
    oidc_client_secret: Annotated[str, Field(repr=False, description="the secret that goes with it")] = ""
    oidc_redirect: Annotated[str, Field(description="whole address of /sign-in/oidc/back, as registered there")] = ""
    oidc_claim: Annotated[str, Field(description="the claim that holds the account's id")] = "preferred_username"
    oidc_scopes: Annotated[str, Field(description="scopes asked for, openid among them")] = "openid profile"
    oidc_label: Annotated[str, Field(description="words on the button")] = "统一认证登录"
    sample_sign_in: Annotated[
        bool, Field(description="a sign-in button for each sample user; honoured on loopback addresses only")
    ] = True


def read_settings() -> Settings:
    """The settings of the environment. Raises BadInput naming the variable that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "DINGZE_" + str(first["loc"][0]).upper()
        raise BadInput("settings.invalid", at=name, reason=reason_of(first)) from error
