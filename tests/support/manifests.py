"""What deploy/ says, read as data: documents of Kubernetes, services of compose, and what runs in their containers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import compose_spec
import yaml
from pydantic_settings import BaseSettings

from api.settings import ApiSettings
from events.domain.webhooks.settings import WebhookSettings
from events.ledger.settings import LedgerSettings
from events.logs import LogSettings
from events.settings import KafkaSettings
from events.tracing import TracingSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.settings import ProjectorSettings
from services.sagas.settings import SagasSettings
from services.webhooks.settings import DeliverySettings

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
OURS = "groundswell"
SETTINGS: tuple[type[BaseSettings], ...] = (
    KafkaSettings, ClickHouseSettings, ApiSettings, ProjectorSettings, SagasSettings, LedgerSettings, LogSettings,
    TracingSettings, WebhookSettings, DeliverySettings,
)  # fmt: skip

Document = dict[str, Any]


def variables() -> frozenset[str]:
    """Every variable that a process of ours reads."""
    return frozenset(str(field.validation_alias) for kind in SETTINGS for field in kind.model_fields.values())


@dataclass(frozen=True)
class Container:
    """One container: where it is written down, its image, and what its processes are told."""

    where: str
    name: str
    image: str
    environment: Mapping[str, str]
    spec: Document

    @property
    def is_ours(self) -> bool:
        return self.image.partition(":")[0] == OURS


@cache
def documents() -> Mapping[str, list[Document]]:
    """The documents of every file of Kubernetes', by its path; those of kustomize itself apart, and its patches."""
    apart = {folder / patch["path"] for folder, each in kustomizations().items() for patch in each.get("patches", ())}
    files = [path for path in sorted(KUBERNETES.rglob("*.yaml")) if path.name != "kustomization.yaml"]
    return {
        str(path.relative_to(KUBERNETES)): list(yaml.safe_load_all(path.read_text()))
        for path in files
        if path not in apart
    }


def patched_settings() -> list[Document]:
    """What overlays change of the settings."""
    found = [yaml.safe_load(path.read_text()) for path in sorted((KUBERNETES / "overlays").rglob("settings.yaml"))]
    return [document["data"] for document in found]


def kustomizations() -> Mapping[Path, Document]:
    """By folder."""
    return {path.parent: yaml.safe_load(path.read_text()) for path in sorted(KUBERNETES.rglob("kustomization.yaml"))}


def resources() -> Iterator[tuple[str, Document]]:
    """All of them, one by one."""
    for where, found in documents().items():
        for document in found:
            yield where, document


def pods() -> Iterator[tuple[str, Document]]:
    """The pod of each workload."""
    for where, document in resources():
        if document["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield f"{where}: {document['kind']}", document["spec"]["template"]


def containers() -> Iterator[Container]:
    """Of all workloads of Kubernetes'."""
    for where, pod in pods():
        for spec in pod["spec"]["containers"]:
            values = {each["name"]: each.get("value", "") for each in spec.get("env", ())}
            yield Container(where, spec["name"], spec["image"], values, spec)


def compose_file() -> compose_spec.PyCompose:
    """The compose file, checked against the specification."""
    options = compose_spec.PyOptions(apply_merge=True)
    found = options.from_yaml((DEPLOY / "compose.yaml").read_text())
    found.validate()
    return found


def compose_services() -> Iterator[Container]:
    """The services of the compose file."""
    for name, spec in yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].items():
        yield Container("compose.yaml", name, spec["image"], spec["environment"], spec)
