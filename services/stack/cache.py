"""This user's folder for what is the same for every stack: Kafka's jars and the archive of its classes."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return `$XDG_CACHE_HOME/groundswell` (or `~/.cache/groundswell`); it may not exist yet."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) / "groundswell"
