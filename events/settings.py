"""Where Kafka is and how to reach it: read from the environment under the names that the ecosystem uses."""

import ssl
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

SecurityProtocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]


class KafkaSettings(BaseSettings):
    """Connection to the log's brokers (`KAFKA_*`) and the prefix of our topics (`GROUNDSWELL_TOPIC_PREFIX`)."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    bootstrap_servers: str = Field(default="127.0.0.1:9092", validation_alias="KAFKA_BOOTSTRAP_SERVERS")
    security_protocol: SecurityProtocol = Field(default="PLAINTEXT", validation_alias="KAFKA_SECURITY_PROTOCOL")
    sasl_mechanism: str | None = Field(default=None, validation_alias="KAFKA_SASL_MECHANISM")
    sasl_username: str | None = Field(default=None, validation_alias="KAFKA_SASL_USERNAME")
    sasl_password: SecretStr | None = Field(default=None, validation_alias="KAFKA_SASL_PASSWORD")
    ssl_cafile: str | None = Field(default=None, validation_alias="KAFKA_SSL_CAFILE")
    ssl_certfile: str | None = Field(default=None, validation_alias="KAFKA_SSL_CERTFILE")
    ssl_keyfile: str | None = Field(default=None, validation_alias="KAFKA_SSL_KEYFILE")
    replication_factor: int = Field(default=1, ge=1, validation_alias="GROUNDSWELL_REPLICATION_FACTOR")
    min_insync_replicas: int = Field(default=1, ge=1, validation_alias="GROUNDSWELL_MIN_INSYNC_REPLICAS")
    topic_prefix: str = Field(
        default="groundswell", pattern=r"^[A-Za-z0-9._-]{1,100}$", validation_alias="GROUNDSWELL_TOPIC_PREFIX"
    )

    def client_options(self) -> dict[str, object]:
        """Keyword arguments that every aiokafka client of ours takes."""
        options: dict[str, object] = {
            "bootstrap_servers": self.bootstrap_servers.split(","),
            "security_protocol": self.security_protocol,
        }
        if self.sasl_mechanism is not None:
            options["sasl_mechanism"] = self.sasl_mechanism
            options["sasl_plain_username"] = self.sasl_username
            options["sasl_plain_password"] = self.sasl_password.get_secret_value() if self.sasl_password else None
        if self.security_protocol in ("SSL", "SASL_SSL"):
            context = ssl.create_default_context(cafile=self.ssl_cafile)
            if self.ssl_certfile is not None:
                context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
            options["ssl_context"] = context
        return options
