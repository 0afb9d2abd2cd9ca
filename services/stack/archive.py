"""Placeholder until measured."""


def archive_options() -> list[str]:
    return []


def make_archive() -> None:
    pass
