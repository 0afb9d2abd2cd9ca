"""Where Kafka is and how to reach it: read from the environment under the names that the ecosystem uses."""

import ssl
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


class KafkaSettings(BaseSettings):
    """Connection to the log's brokers (`KAFKA_*`) and the prefix of our topics (`GROUNDSWELL_TOPIC_PREFIX`)."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, hide_input_in_errors=True)

    bootstrap_servers: str = Field(default="127.0.0.1:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    security_protocol: SecurityProtocol = Field(default="PLAINTEXT", validation_alias="KAFKA_SECURITY_PROTOCOL")
    sasl_mechanism: SaslMechanism | None = Field(default=None, validation_alias="KAFKA_SASL_MECHANISM")
    sasl_username: str | None = Field(default=None, validation_alias="KAFKA_SASL_USERNAME")
    sasl_password: SecretStr | None = Field(default=None, validation_alias="KAFKA_SASL_PASSWORD")
    ssl_cafile: str | None = Field(default=None, validation_alias="KAFKA_SSL_CAFILE")
    ssl_certfile: str | None = Field(default=None, validation_alias="KAFKA_SSL_CERTFILE")
    ssl_keyfile: str | None = Field(default=None, validation_alias="KAFKA_SSL_KEYFILE")
    replication_factor: int = Field(default=1, ge=1, validation_alias="GROUNDSWELL_REPLICATION_FACTOR")
    min_insync_replicas: int = Field(default=1, ge=1, validation_alias="GROUNDSWELL_MIN_INSYNC_REPLICAS")
    forget_within_seconds: int = Field(default=86_400, ge=1, validation_alias="GROUNDSWELL_FORGET_WITHIN_SECONDS")
    """How long Kafka's files may hold the records of somebody who was forgotten: set on a topic when it is made."""
    topic_prefix: str = Field(
        default="groundswell", pattern=r"^[A-Za-z0-9._-]{1,100}$", validation_alias="GROUNDSWELL_TOPIC_PREFIX"
    )

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        """What can be known to be wrong without asking Kafka is refused here, before anything waits for it."""
        if self._by_password and not (self.sasl_mechanism and self.sasl_username and self.sasl_password):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={self.security_protocol} needs KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and "
                "KAFKA_SASL_PASSWORD"
            )
        if self.sasl_mechanism is not None and not self._by_password:
            raise ValueError(
                f"KAFKA_SASL_MECHANISM says nothing with KAFKA_SECURITY_PROTOCOL={self.security_protocol}: set that "
                "to SASL_SSL (or SASL_PLAINTEXT)"
            )
        if self._encrypted:
            try:
                self._ssl_context()
            except OSError as error:
                raise ValueError(str(error)) from error
        return self

    def client_options(self) -> dict[str, object]:
        """Keyword arguments that every aiokafka client of ours takes.

        Raises:
            OSError: if a file of a certificate that was there is not there any more, or not whole.
        """
        options: dict[str, object] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
        }
        if self._by_password:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.sasl_username
            options["sasl_plain_password"] = self.sasl_password.get_secret_value() if self.sasl_password else None
        if self._encrypted:
            options["ssl_context"] = self._ssl_context()
        return options

    @property
    def _by_password(self) -> bool:
        return self.security_protocol in ("SASL_PLAINTEXT", "SASL_SSL")

    @property
    def _encrypted(self) -> bool:
        return self.security_protocol in ("SSL", "SASL_SSL")

    def _ssl_context(self) -> ssl.SSLContext:
        """Made anew each time, so that a certificate that was renewed is taken by the next connection."""
        try:
            context = ssl.create_default_context(cafile=self.ssl_cafile)
        except OSError as error:
            raise OSError(f"KAFKA_SSL_CAFILE={self.ssl_cafile} can't be used: {error}") from error
        if self.ssl_certfile is not None:
            try:
                context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
            except OSError as error:
                raise OSError(
                    f"KAFKA_SSL_CERTFILE={self.ssl_certfile} and KAFKA_SSL_KEYFILE={self.ssl_keyfile} can't be used: "
                    f"{error}"
                ) from error
        return context
