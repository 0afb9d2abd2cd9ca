"""The folder that one front owns: its lock, the engine's settings and users, the engine's data."""

import os
import uuid
from pathlib import Path

from filelock import FileLock, Timeout


class FolderInUseError(Exception):
    """Another process holds the folder."""


# `default` would otherwise be an overlay over the machine's files: the engine's own one is named out of the way,
# and `default` becomes what it is on a server, an Atomic database.
OVERLAY_DATABASE = "_local"

_CONFIG = """<clickhouse>
    <logger><level>warning</level></logger>
    <users_config>{users}</users_config>
    <default_database>{overlay}</default_database>
    <user_files_path>{files}</user_files_path>
    <user_scripts_path>{files}</user_scripts_path>
</clickhouse>
"""

# A positive list: what is not here (SOURCES: file, url, s3, remote...; BACKUP; SYSTEM SHUTDOWN; dictionaries, whose
# sources are files and addresses; users and roles) is refused by the engine itself. Engines that reach outside the
# folder need a TABLE ENGINE grant that nobody has.
_USERS = """<clickhouse>
    <users><default>
        <password></password>
        <networks><ip>::/0</ip></networks>
        <profile>default</profile>
        <quota>default</quota>
        <grants>
            <query>GRANT SHOW, SELECT, INSERT, ALTER TABLE, ALTER VIEW, ALTER DATABASE, CREATE DATABASE, CREATE TABLE,
                CREATE VIEW, CREATE TEMPORARY TABLE, CREATE FUNCTION, DROP DATABASE, DROP TABLE, DROP VIEW,
                DROP FUNCTION, UNDROP TABLE, TRUNCATE, OPTIMIZE, CHECK, KILL QUERY, dictGet, SYSTEM MERGES,
                SYSTEM TTL MERGES, SYSTEM MOVES, SYSTEM FLUSH LOGS, SYSTEM DROP CACHE, SYSTEM FLUSH ASYNC INSERT QUEUE,
                SYSTEM RELOAD ASYNCHRONOUS METRICS, SYSTEM SYNC FILE CACHE, SYSTEM WAIT LOADING PARTS ON *.*</query>
        </grants>
    </default></users>
    <profiles><default>
        <implicit_select>0</implicit_select>
        <constraints>
            <format_schema><const/></format_schema>
            <format_template_resultset><const/></format_template_resultset>
            <format_template_row><const/></format_template_row>
            <allow_experimental_eval_table_function><const/></allow_experimental_eval_table_function>
        </constraints>
    </default></profiles>
    <quotas><default/></quotas>
</clickhouse>
"""


class DataFolder:
    """One folder, held by one process from construction to `release`."""

    def __init__(self, path: Path) -> None:
        """Take the folder, making it if need be.

        Raises:
            FolderInUseError: another process holds it.
        """
        self.path = path.absolute()
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = FileLock(self.path / "lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise FolderInUseError(
                f"{self.path} is used by another process: stop that one, or give another folder with --path"
            ) from None

    @property
    def engine(self) -> Path:
        """Where the engine keeps its data."""
        return self.path / "engine"

    @property
    def config(self) -> Path:
        """The engine's configuration file."""
        return self.path / "config.xml"

    @property
    def spool(self) -> Path:
        """Where answers that must be whole before they are sent wait."""
        return self.path / "spool"

    def prepare(self) -> None:
        """Write what the engine reads when it starts."""
        users, files = self.path / "users.xml", self.path / "user_files"
        for folder in (files, self.spool, self.engine / "metadata"):
            folder.mkdir(parents=True, exist_ok=True)
        _write(users, _USERS)
        _write(self.config, _CONFIG.format(users=users, overlay=OVERLAY_DATABASE, files=f"{files}/"))
        self._make_default_atomic()

    def release(self) -> None:
        """Let another process have the folder."""
        self._lock.release()

    def _make_default_atomic(self) -> None:
        metadata = self.engine / "metadata" / "default.sql"
        if not metadata.exists():
            _write(metadata, f"ATTACH DATABASE _ UUID '{uuid.uuid4()}'\nENGINE = Atomic\n")
        # The embedded engine gives the UUID behind this link to its overlay, whatever that is called, and then finds
        # `default` itself a duplicate. It makes the link anew when it loads `default`.
        (self.engine / "metadata" / "default").unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)
