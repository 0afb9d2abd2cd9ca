"""The ranking of a Stack Exchange dump as of a date, computed from its file alone: nothing of ours is imported.

`python tests/support/stackexchange_ranking.py FOLDER [2015-01-01]` prints it as tab-separated post, score, up, down.
A post is there from the day of the first row that names it; a vote counts from the first moment of its day on; posts
rank by score, then the older one, then the smaller id as text.
"""

import gzip
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROW = re.compile(r"<row (.*?)/>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


class Ranked(NamedTuple):
    post: str
    score: int
    up: int
    down: int


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    plain = folder / f"{name}.xml"
    text = plain.read_text() if plain.exists() else gzip.decompress((folder / f"{name}.xml.gz").read_bytes()).decode()
    return [dict(ATTRIBUTE.findall(row)) for row in ROW.findall(text)]


def ranking(folder: Path, as_of: str = "9999-12-31") -> list[Ranked]:
    up: Counter[str] = Counter()
    down: Counter[str] = Counter()
    born: dict[str, str] = {}
    for row in rows(folder, "Votes"):
        day, post = row["CreationDate"][:10], row["PostId"]
        if day > as_of:
            continue
        born[post] = min(day, born.get(post, day))
        up[post] += row["VoteTypeId"] == "2"
        down[post] += row["VoteTypeId"] == "3"
    order = sorted(born, key=lambda post: (down[post] - up[post], born[post], post))
    return [Ranked(post, up[post] - down[post], up[post], down[post]) for post in order]


if __name__ == "__main__":
    for each in ranking(Path(sys.argv[1]), *sys.argv[2:3]):
        sys.stdout.write("\t".join(map(str, each)) + "\n")
