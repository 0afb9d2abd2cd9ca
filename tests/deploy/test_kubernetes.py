"""The manifests of Kubernetes: of its schemas, whole, strict about what may be done, and true about us."""

import json
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from aiohttp import web

from api.app import create_app
from services.health_pages import web_app
from tests.support.manifests import (
    KUBERNETES,
    Container,
    Document,
    containers,
    documents,
    kustomizations,
    patched_settings,
    pods,
    resources,
    variables,
)

VERSIONS = ("1.31", "1.34")
OVERLAYS = sorted(path.parent for path in (KUBERNETES / "overlays").rglob("kustomization.yaml"))
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
ELSEWHERE = {53, 443, 9094, 8443, 9000, 9009}
"""Ports of what is not here: names, webhooks' receivers, managed services, what an overlay opens of ClickHouse's."""
ALL = tuple(containers())
OURS = tuple(each for each in ALL if each.is_ours)
PODS = dict(pods())


def check(document: Document) -> None:
    for version in VERSIONS:
        kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("where", sorted(documents()))
def test_every_resource_is_what_kubernetes_takes(where: str) -> None:
    for document in documents()[where]:
        check(document)


def test_the_check_can_fail() -> None:
    (service,) = [each for _, each in resources() if each["kind"] == "Service" and each["metadata"]["name"] == "api"]
    spec = service["spec"] | {"prots": []}
    with pytest.raises(kubernetes_validate.ValidationError):
        check(service | {"spec": spec})


def test_every_file_is_named_where_it_is_used() -> None:
    for folder, kustomization in kustomizations().items():
        named = {*kustomization.get("resources", ()), *kustomization.get("components", ())}
        named |= {patch["path"] for patch in kustomization.get("patches", ())}
        named |= {file for made in kustomization.get("configMapGenerator", ()) for file in made["files"]}
        assert all((folder / name).exists() for name in named)
        present = {path.name for path in folder.iterdir() if path.is_file()}
        assert present == {name for name in named if not name.startswith("..")} | {"kustomization.yaml"}, folder


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl (and no cluster)")
@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda overlay: overlay.name)
def test_an_overlay_builds(overlay: Path) -> None:
    built = subprocess.run(["kubectl", "kustomize", str(overlay)], capture_output=True, check=True, timeout=60)
    found = list(yaml.safe_load_all(built.stdout))
    assert {"Deployment", "StatefulSet", "HorizontalPodAutoscaler"} <= {each["kind"] for each in found}
    for document in found:
        check(document)
    assert "image: groundswell\n" not in built.stdout.decode(), "our image has no version"


@pytest.mark.parametrize("container", OURS, ids=lambda each: each.name)
def test_every_variable_is_one_of_ours(container: Container) -> None:
    assert set(container.environment) <= variables()


def test_every_setting_is_one_of_ours() -> None:
    settings = [each["data"] for _, each in resources() if each["kind"] == "ConfigMap"]
    assert settings
    assert len(patched_settings()) == 2
    assert {name for each in (*settings, *patched_settings()) for name in each} <= variables()


@pytest.mark.parametrize("pod", PODS)
def test_a_pod_can_do_little(pod: str) -> None:
    spec = PODS[pod]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["terminationGracePeriodSeconds"] >= 30
    security = spec["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        mounts = {mount["name"] for mount in container["volumeMounts"]}
        assert mounts >= {volume["name"] for volume in spec["volumes"]}


@pytest.mark.parametrize("container", ALL, ids=lambda each: f"{each.where} {each.name}")
def test_what_runs_for_long_is_probed_at_a_port_of_its_own(container: Container) -> None:
    if "Job" in container.where:
        return
    ports = {port["name"] for port in container.spec["ports"]}
    for probe in PROBES:
        way = container.spec[probe].get("httpGet") or container.spec[probe]["tcpSocket"]
        assert way["port"] in ports


@pytest.mark.parametrize("container", [each for each in OURS if "Job" not in each.where], ids=lambda each: each.name)
def test_probes_and_scrapes_ask_what_is_there(container: Container) -> None:
    of_pages = _paths_of_health_pages()
    paths = {"api": _paths_of_the_api(), "projector": of_pages, "sagas": of_pages}[container.name]
    (port,) = container.spec["ports"]
    assert container.environment[f"GROUNDSWELL_{container.name.upper()}_HOST"] == "0.0.0.0"
    assert container.environment[f"GROUNDSWELL_{container.name.upper()}_PORT"] == str(port["containerPort"])
    scraped = PODS[container.where]["metadata"]["annotations"]
    assert scraped["prometheus.io/port"] == str(port["containerPort"])
    wanted = {container.spec[probe]["httpGet"]["path"] for probe in PROBES} | {scraped["prometheus.io/path"]}
    assert wanted == {"/health/live", "/health/ready", "/metrics"}
    assert wanted <= paths


def test_the_api_has_time_to_end_what_it_began() -> None:
    (api,) = [each for each in OURS if each.name == "api"]
    slept = int(api.spec["lifecycle"]["preStop"]["exec"]["command"][-1])
    graceful = int(api.environment["GROUNDSWELL_API_GRACEFUL_SECONDS"])
    assert slept + graceful < PODS[api.where]["spec"]["terminationGracePeriodSeconds"]


def test_the_standing_commands_are_ours() -> None:
    assert {json.dumps(each.spec["args"][0]) for each in OURS} == {'"api"', '"projector"', '"sagas"', '"projections"'}


def test_everything_is_shut_unless_it_is_opened() -> None:
    policies = {each["metadata"]["name"]: each["spec"] for _, each in resources() if each["kind"] == "NetworkPolicy"}
    assert policies["nothing-by-default"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ports = {port["containerPort"] for each in ALL for port in each.spec.get("ports", ())} | ELSEWHERE
    opened = {
        port["port"]
        for spec in policies.values()
        for way in (*spec.get("ingress", ()), *spec.get("egress", ()))
        for port in way["ports"]
    }
    assert opened <= ports


def _paths_of_the_api() -> set[str]:
    return set(create_app().openapi()["paths"])


def _paths_of_health_pages() -> set[str]:
    app: web.Application = web_app(lambda: None, bytes)
    return {route.resource.canonical for route in app.router.routes() if route.resource is not None}
