"""Settings of Kafka that can't be right are refused before anything waits for Kafka."""

from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from events.settings import KafkaSettings


def refusal(**settings: str) -> str:
    with pytest.raises(ValidationError) as refused:
        KafkaSettings(**settings)
    return str(refused.value)


def test_a_password_is_given_with_who_has_it_and_how_it_is_shown() -> None:
    whole = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_username": "ann", "sasl_password": "secret"}
    assert (
        KafkaSettings(security_protocol="SASL_PLAINTEXT", **whole).client_options()["sasl_plain_password"] == "secret"
    )
    for missing in whole:
        parts = {name: value for name, value in whole.items() if name != missing}
        assert "needs KAFKA_SASL_MECHANISM" in refusal(security_protocol="SASL_PLAINTEXT", **parts)


def test_a_password_that_would_never_be_sent_is_refused() -> None:
    settings = {"sasl_mechanism": "SCRAM-SHA-256", "sasl_username": "ann", "sasl_password": "secret"}
    told = refusal(security_protocol="PLAINTEXT", **settings)
    assert "says nothing with KAFKA_SECURITY_PROTOCOL=PLAINTEXT" in told
    assert "secret" not in told


def test_files_of_certificates_are_read_at_once(tmp_path: Path) -> None:
    nothing, rubbish, authority = tmp_path / "nothing.pem", tmp_path / "rubbish.pem", tmp_path / "ca.pem"
    rubbish.write_text("not a certificate")
    trustme.CA().cert_pem.write_to_path(authority)
    for file in (nothing, rubbish):
        assert f"KAFKA_SSL_CAFILE={file} can't be used" in refusal(security_protocol="SSL", ssl_cafile=str(file))
        told = refusal(security_protocol="SSL", ssl_cafile=str(authority), ssl_certfile=str(file))
        assert f"KAFKA_SSL_CERTFILE={file}" in told
    options = KafkaSettings(security_protocol="SSL", ssl_cafile=str(authority)).client_options()
    assert options["ssl_context"] is not None
