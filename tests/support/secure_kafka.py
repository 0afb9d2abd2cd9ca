"""A broker that wants to know who comes, and shows who it is: certificates of the test's own, users by SCRAM."""

from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from events.settings import KafkaSettings, SaslMechanism
from services.stack.kafka import Broker
from services.stack.ports import free_port
from tests.support.kafka import KafkaProcess

USER = "groundswell"
PASSWORDS: dict[SaslMechanism, str] = {"SCRAM-SHA-256": "a horse and a battery", "SCRAM-SHA-512": "a staple = correct"}


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: whom to trust, and the client's own certificate and key; and an authority that signed nothing."""

    authority: Path
    client: Path
    client_key: Path
    other_authority: Path

    @classmethod
    def make(cls, folder: Path) -> "Certificates":
        """A new authority, a client's certificate of it, and `server.pem` for a broker on 127.0.0.1."""
        authority = trustme.CA(key_type=trustme.KeyType.RSA)
        made = cls(folder / "ca.pem", folder / "client.pem", folder / "client.key", folder / "other-ca.pem")
        authority.cert_pem.write_to_path(made.authority)
        trustme.CA().cert_pem.write_to_path(made.other_authority)
        client = authority.issue_cert("client@example.com", key_type=trustme.KeyType.RSA)
        client.cert_chain_pems[0].write_to_path(made.client)
        client.private_key_pem.write_to_path(made.client_key)
        server = authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA)
        (folder / "server.pem").write_bytes(_as_kafka_reads_it(server))
        return made


@dataclass(frozen=True)
class SecureKafka:
    """The broker, what opens it, and the ports of its listeners."""

    process: KafkaProcess
    certificates: Certificates
    ssl_port: int
    sasl_port: int
    sasl_ssl_port: int

    @classmethod
    def start(cls, folder: Path) -> "SecureKafka":
        """Start one. SSL asks for the client's certificate; both SASL listeners take SCRAM and nothing else."""
        certificates = Certificates.make(folder)
        ports = {name: free_port() for name in ("PLAINTEXT", "CONTROLLER", "SSL", "SASL_PLAINTEXT", "SASL_SSL")}
        broker = Broker(
            folder / "broker",
            ports["PLAINTEXT"],
            ports["CONTROLLER"],
            properties=_properties(folder, certificates, ports),
            format_options=[
                option
                for mechanism, password in PASSWORDS.items()
                for option in ("--add-scram", f"{mechanism}=[name={USER},password={password}]")
            ],
        )
        process = KafkaProcess(broker)
        process.restart()
        return cls(process, certificates, ports["SSL"], ports["SASL_PLAINTEXT"], ports["SASL_SSL"])

    def by_certificate(self, prefix: str) -> KafkaSettings:
        """TLS both ways."""
        return KafkaSettings(
            bootstrap_servers=f"127.0.0.1:{self.ssl_port}",
            topic_prefix=prefix,
            security_protocol="SSL",
            ssl_cafile=str(self.certificates.authority),
            ssl_certfile=str(self.certificates.client),
            ssl_keyfile=str(self.certificates.client_key),
        )

    def by_password(self, prefix: str, mechanism: SaslMechanism, *, encrypted: bool = True) -> KafkaSettings:
        """A name and a password, by SCRAM."""
        return KafkaSettings(
            bootstrap_servers=f"127.0.0.1:{self.sasl_ssl_port if encrypted else self.sasl_port}",
            topic_prefix=prefix,
            security_protocol="SASL_SSL" if encrypted else "SASL_PLAINTEXT",
            sasl_mechanism=mechanism,
            sasl_username=USER,
            sasl_password=PASSWORDS[mechanism],
            ssl_cafile=str(self.certificates.authority) if encrypted else None,
        )


def _properties(folder: Path, certificates: Certificates, ports: dict[str, int]) -> dict[str, str]:
    listeners = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items())
    advertised = ",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items() if name != "CONTROLLER")
    login = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    properties = {
        "listeners": listeners,
        "advertised.listeners": advertised,
        "listener.security.protocol.map": ",".join(
            f"{name}:{'PLAINTEXT' if name == 'CONTROLLER' else name}" for name in ports
        ),
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str((folder / "server.pem").resolve()),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates.authority.resolve()),
        "listener.name.ssl.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": ",".join(PASSWORDS),
        "connection.failed.authentication.delay.ms": "10",
    }
    for listener in ("sasl_plaintext", "sasl_ssl"):
        for mechanism in PASSWORDS:
            properties[f"listener.name.{listener}.{mechanism.lower()}.sasl.jaas.config"] = login
    return properties


def _as_kafka_reads_it(certificate: trustme.LeafCert) -> bytes:
    """Key and chain in one file, the key as PKCS 8."""
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    chain = b"".join(each.bytes() for each in certificate.cert_chain_pems)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + chain
