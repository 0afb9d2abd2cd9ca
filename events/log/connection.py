"""Whether Kafka refuses us, which waiting does not mend, or is merely away.

aiokafka's clients tell neither from the other: whatever stood in the way, they "can't bootstrap".
"""

import ssl

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from events.settings import KafkaSettings

_ANSWER_MS = 5000


class Refused(Exception):  # noqa: N818 - what happened
    """A broker is there and will not have us; the message says why, and which settings to look at."""


async def explain(settings: KafkaSettings) -> str | None:
    """Ask each broker in turn why no client could connect: what may be wrong, if one is there at all.

    Raises:
        Refused: if one is there and refuses.
    """
    options = settings.client_options()
    explanation: str | None = None
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            connection = await create_conn(host, port, request_timeout_ms=_ANSWER_MS, **options)
            try:
                await connection.send(MetadataRequest([]))  # a port that wants a password answers nothing before it
            finally:
                connection.close()
        except (KafkaError, OSError, TimeoutError) as error:
            if (reason := _refusal(settings, error)) is not None:
                raise Refused(f"Kafka at {host}:{port} {reason}") from error
            if isinstance(error, KafkaConnectionError | ConnectionResetError):
                explanation = (
                    f"Kafka at {host}:{port} hangs up before it answers: it is stopping, or this port wants another "
                    f"KAFKA_SECURITY_PROTOCOL than {settings.security_protocol}, or KAFKA_SSL_CERTFILE"
                )
        else:
            return None
    return explanation


def _refusal(settings: KafkaSettings, error: Exception) -> str | None:
    """What an error means, where it is no mere absence."""
    match error:
        case SaslAuthenticationFailed() | AuthenticationFailedError():
            return (
                f"does not let the user {settings.sasl_username!r} in by {settings.sasl_mechanism}: see "
                "KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM"
            )
        case UnsupportedSaslMechanismError() | IllegalSaslStateError():
            return (
                f"does not take {settings.sasl_mechanism} here: see KAFKA_SASL_MECHANISM, KAFKA_SECURITY_PROTOCOL and "
                "the port in KAFKA_BOOTSTRAP_SERVERS"
            )
        case ssl.SSLCertVerificationError():
            return f"shows a certificate that we can't trust ({error.verify_message}): see KAFKA_SSL_CAFILE"
        case ssl.SSLError():
            return (
                f"and we do not agree on TLS ({error.reason or error}): see KAFKA_SECURITY_PROTOCOL, "
                "KAFKA_SSL_CERTFILE and the port in KAFKA_BOOTSTRAP_SERVERS"
            )
    return None
