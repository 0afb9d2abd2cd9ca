"""The compose file: of compose's specification, and true about us."""

import re

import compose_spec
import pytest

from tests.support.manifests import Container, compose_file, compose_services, variables

SERVICES = tuple(compose_services())
OURS = tuple(each for each in SERVICES if each.is_ours)


def test_it_is_what_compose_takes() -> None:
    brokers = {"kafka-1", "kafka-2", "kafka-3"}
    assert set(compose_file().service_names()) == {*brokers, "clickhouse", "projector", "sagas", "api"}


def test_it_says_so_where_it_is_not() -> None:
    """The check can fail: on a word that compose does not know."""
    with pytest.raises(ValueError, match="restrat"):
        compose_spec.PyCompose.from_yaml("services: {api: {image: a, restrat: always}}")


@pytest.mark.parametrize("service", OURS, ids=lambda service: service.name)
def test_every_variable_is_one_of_ours(service: Container) -> None:
    assert set(service.environment) <= variables()


@pytest.mark.parametrize("service", OURS, ids=lambda service: service.name)
def test_ours_can_do_little(service: Container) -> None:
    spec = service.spec
    assert spec["read_only"] is True
    assert spec["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in spec["security_opt"]


def test_nothing_listens_beyond_this_machine() -> None:
    published = [port for service in SERVICES for port in service.spec.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_each_is_checked_and_bounded(service: Container) -> None:
    assert service.spec["healthcheck"]["test"]
    assert service.spec["deploy"]["resources"]["limits"]["memory"]


@pytest.mark.parametrize("service", OURS, ids=lambda service: service.name)
def test_the_health_check_asks_where_the_service_listens(service: Container) -> None:
    (port, path) = re.findall(r"http://127\.0\.0\.1:(\d+)(/\S+?)'", service.spec["healthcheck"]["test"][-1])[0]
    assert service.environment[f"GROUNDSWELL_{service.name.upper()}_PORT"] == port
    assert path == "/health/ready"
