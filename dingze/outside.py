"""What speaks with the outside, as the settings say: where notices go, the brokers, signing in by another system."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx

from casework.notices import FolderSink, Sink, WebhookSink
from console.single_sign_on import Provider, SingleSignOn
from dingze.settings import Settings
from terms.errors import BadInput


def sinks(told: Settings, clock: Callable[[], datetime]) -> tuple[Sink, ...]:
    """The ways out for notices. Raises BadInput for a webhook without https or a short secret."""
    found: list[Sink] = []
    if folder := told.notices_folder:
        folder.mkdir(parents=True, exist_ok=True)
        found.append(FolderSink(folder))
    if url := told.notices_webhook:
        found.append(WebhookSink(url, told.notices_secret.encode(), httpx.Client(), clock))
    return tuple(found)


def brokers(told: Settings) -> str:
    """The Kafka brokers. Raises BadInput when none are set."""
    if not told.kafka_servers:
        raise BadInput("settings.no-brokers", at="DINGZE_KAFKA_SERVERS")
    return told.kafka_servers


def kafka_client(told: Settings) -> Mapping[str, Any]:
    """The client's own settings for security; none for PLAINTEXT. Raises BadInput for SASL without an account."""
    found: dict[str, Any] = {}
    if told.kafka_security == "PLAINTEXT":
        return found
    found["security_protocol"] = told.kafka_security
    if told.kafka_ca:
        found["ssl_cafile"] = str(told.kafka_ca)
    if told.kafka_security.startswith("SASL"):
        if not told.kafka_user or not told.kafka_password:
            raise BadInput("settings.no-kafka-account", at="DINGZE_KAFKA_USER")
        found |= {
            "sasl_mechanism": told.kafka_mechanism,
            "sasl_plain_username": told.kafka_user,
            "sasl_plain_password": told.kafka_password,
        }
    return found


def single_sign_on(told: Settings, clock: Callable[[], datetime]) -> SingleSignOn | None:
    """Signing in by another system; None where none is set. Raises BadInput for half a set-up."""
    if not any((told.oidc_issuer, told.oidc_client_id, told.oidc_client_secret, told.oidc_redirect)):
        return None
    provider = Provider(
        told.oidc_issuer, told.oidc_client_id, told.oidc_client_secret, told.oidc_redirect, told.oidc_claim,
        told.oidc_scopes, told.oidc_label,
    )  # fmt: skip
    return SingleSignOn(provider, clock)
