"""One Kafka broker of the local stack: its configuration, its formatting (once) and the command that starts it.

Several brokers make a cluster: give each its `node_id`, ports and folder, and all of them the same `voters`.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from string import Template

from services.stack.archive import archive_options
from services.stack.errors import StackError
from services.stack.java import HEAP, java_command
from services.stack.process import tethered

CLUSTER_ID = "R3JvdW5kc3dlbGwtbG9jYQ"  # 16 bytes in base64url; only brokers on this machine ever compare it
FORMAT_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker (and controller): where it keeps its data and where it listens, always on 127.0.0.1.

    `voters` maps each node of the cluster to its controller port; empty means that this node is alone. `properties`
    are Kafka's own, over ours; `format_options` go to the storage tool, once.
    """

    folder: Path
    port: int
    controller_port: int
    node_id: int = 1
    heap: str = HEAP
    voters: Mapping[int, int] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    format_options: Sequence[str] = ()

    @property
    def bootstrap(self) -> str:
        """What clients connect to, `host:port`."""
        return f"127.0.0.1:{self.port}"

    @property
    def configuration(self) -> Path:
        """The properties file that `prepare` writes."""
        return self.folder / "server.properties"

    @property
    def log_folder(self) -> Path:
        """Where the log itself is."""
        return self.folder / "log"


def prepare(broker: Broker) -> None:
    """Write the broker's configuration and format its folder if that was never done.

    Raises `StackError` when the folder can't be formatted.
    """
    broker.folder.mkdir(parents=True, exist_ok=True)
    broker.configuration.write_text(_properties(broker))
    if not (broker.log_folder / "meta.properties").exists():
        _format(broker)


def start_command(broker: Broker) -> list[str]:
    """The broker's command line, to be run in `broker.folder` after `prepare`; it stops cleanly on TERM."""
    options = [f"-Xmx{broker.heap}", *archive_options()]
    return java_command("kafka.Kafka", broker.configuration.name, options=options)


def _properties(broker: Broker) -> str:
    voters = broker.voters or {broker.node_id: broker.controller_port}
    template = Template(files("deploy.kafka").joinpath("server.properties").read_text())
    ours = template.substitute(
        node_id=broker.node_id,
        voters=",".join(f"{node}@127.0.0.1:{port}" for node, port in voters.items()),
        port=broker.port,
        controller_port=broker.controller_port,
        replication=min(3, len(voters)),
        min_insync=2 if len(voters) > 2 else 1,
    )
    return ours + "".join(f"{name}={value}\n" for name, value in broker.properties.items())


def _format(broker: Broker) -> None:
    """Format beside the real place and move it there in one step: half a format would look like a whole one."""
    for abandoned in broker.folder.glob("formatting-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="formatting-", dir=broker.folder) as name:
        _run_format(Path(name), broker)
        (Path(name) / broker.log_folder.name).rename(broker.log_folder)


def _run_format(folder: Path, broker: Broker) -> None:
    arguments = ["format", "-t", CLUSTER_ID, "-c", str(broker.configuration.resolve()), *broker.format_options]
    command = java_command("kafka.tools.StorageTool", *arguments, options=archive_options())
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=FORMAT_TIMEOUT_SECONDS,
            preexec_fn=tethered(waited_for=True),
        )
    except subprocess.TimeoutExpired as error:
        raise StackError(f"Kafka takes more than {FORMAT_TIMEOUT_SECONDS} s to format {folder.parent}.") from error
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise StackError(f"Kafka can't format {folder.parent}: {reason[-1] if reason else 'it does not say why'}")
