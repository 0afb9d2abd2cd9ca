"""Every question of the cookbook runs as it is printed, as the analyst, and its answer is that of a plain program."""

import re
import statistics
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.support import cookbook
from tests.support.cookbook import Raw
from tests.support.local_stack import LocalStack, clean_environment

PAGE = Path(__file__).parents[3] / "docs" / "cookbook.md"
RECIPE = re.compile(r"^### (\d+)\. (.*?)\n.*?^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)
RECIPES = {int(number): sql.strip().rstrip(";") for number, _, sql in RECIPE.findall(PAGE.read_text())}

EXACTLY = {
    1: cookbook.most_wanted, 4: cookbook.months, 5: cookbook.regretted, 6: cookbook.voters, 7: cookbook.together,
    8: cookbook.enterprise, 9: cookbook.behind_the_first, 10: cookbook.waiting, 11: cookbook.phones,
    12: cookbook.spoke, 13: cookbook.stays, 14: cookbook.stood_at, 18: cookbook.behind_goals,
}  # fmt: skip


@pytest.fixture(scope="module")
def raw(stack: LocalStack) -> Raw:
    return Raw(stack.sql)


def ask(stack: LocalStack, sql: str) -> list[tuple]:
    answer = httpx.post(
        stack.stack.clickhouse,
        params={
            "user": "analyst",
            "default_format": "JSONCompactEachRow",
            "output_format_json_quote_64bit_integers": 0,
        },
        content=sql,
        timeout=60,
        trust_env=False,
    )
    assert answer.is_success, answer.text
    return [tuple(msgspec.json.decode(line)) for line in answer.text.splitlines()]


def test_there_are_twenty_of_them():
    assert list(RECIPES) == list(range(1, 21))


@pytest.mark.parametrize("number", EXACTLY)
def test_an_answer_is_what_the_raw_rows_come_to(stack: LocalStack, raw: Raw, number: int):
    found = ask(stack, RECIPES[number])
    assert len(found) > 1
    assert found == EXACTLY[number](raw)


def test_the_past_is_the_changes_up_to_then(stack: LocalStack, raw: Raw):
    found = ask(stack, RECIPES[2])
    scores = raw.stood(cookbook.moment("2026-05-01T00:00:00"))
    titles = {row[2]: row[0] for row in raw.posts.values()}
    assert [row[1] for row in found] == [scores[titles[row[0]]] for row in found]
    assert found[0][1] == max(scores.values())
    assert all(up - down == score for _, score, up, down in found)


def test_who_climbed_is_by_both_rankings(stack: LocalStack):
    order = "WHERE workspace = 'demo' ORDER BY score DESC, created_at, post"
    then, now = (
        {
            title: (rank, score)
            for rank, (title, score) in enumerate(ask(stack, f"SELECT title, score FROM {view} {order}"), 1)
        }
        for view in ("ranking_as_of(at = '2026-08-01')", "ranking")
    )
    found = ask(stack, RECIPES[3])
    assert found == [
        (title, then[title][0], now[title][0], then[title][0] - now[title][0], now[title][1] - then[title][1])
        for title, *_ in found
    ]
    best = sorted((then[title][0] - now[title][0] for title in then.keys() & now.keys()), reverse=True)
    assert [row[3] for row in found] == best[:10]


def test_what_teams_shipped(stack: LocalStack, raw: Raw):
    found = ask(stack, RECIPES[15])
    assert [(team, shipped, votes) for team, shipped, _, votes in found] == cookbook.shipped(raw)
    assert all(days is None or 0 < days < 200 for *_, days, _ in found)


def test_slips_are_targets_that_moved_to_a_later_day(stack: LocalStack, raw: Raw):
    slips = stack.sql(
        "SELECT team, dateDiff('day', due_before, due) FROM groundswell.roadmap_history "
        "WHERE workspace = 'demo' AND placed AND due > due_before"
    )
    by_team = {team: [days for each, days in slips if each == team] for team in {team for team, _ in slips}}
    expected = [(team, len(days), sum(days), max(days)) for team, days in by_team.items()]
    assert ask(stack, RECIPES[16]) == sorted(expected, key=lambda row: (-row[2], row[0]))


def test_estimates_against_what_it_took(stack: LocalStack):
    took = stack.sql(
        "SELECT team, cycle_days, low, high FROM groundswell.delivered_posts "
        "WHERE workspace = 'demo' AND unit = 'days' AND cycle_days > 0"
    )
    expected = []
    for team in sorted({row[0] for row in took}):
        own = [row[1:] for row in took if row[0] == team]
        error = statistics.mean(abs(days - (low + high) / 2) / days for days, low, high in own)
        expected.append(
            (team, len(own), pytest.approx(error, abs=0.006), sum(low <= days <= high for days, low, high in own))
        )
    assert ask(stack, RECIPES[17]) == expected


def test_what_serves_no_goal(stack: LocalStack, raw: Raw):
    found, tally = ask(stack, RECIPES[19]), raw.tally()
    linked = {post for goal, post in raw.links if goal in raw.open_goals}
    free = [row for row in raw.listed() if row[0] not in linked and row[3] in ("open", "planned") and tally[row[0]][0]]
    best = sorted(free, key=lambda row: (-tally[row[0]][0], row[0]))[:10]
    assert found == [(row[2], row[3], tally[row[0]][0]) for row in best]


def test_what_people_thought_of_what_was_shipped(stack: LocalStack, raw: Raw):
    found = ask(stack, RECIPES[20])
    assert {row[0]: (row[1], pytest.approx(row[2])) for row in found} == cookbook.rated(raw)
    assert [row[2] for row in found] == sorted(row[2] for row in found)


def test_the_example_in_pandas_runs_as_it_is_printed(stack: LocalStack, raw: Raw):
    (program,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert "port=8123" in program
    port = stack.stack.clickhouse.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-c", program.replace("port=8123", f"port={port}")],
        capture_output=True, text=True, timeout=120, check=False, env=clean_environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    gained = dict.fromkeys({row[1] for row in raw.posts.values()}, 0)
    for post, _, _, before, after, *_ in raw.changes:
        gained[raw.posts[post][1]] += after - before
    assert [int(figure) for figure in done.stdout.splitlines()[-1].split()[1:]] == [
        gained[each] for each in sorted(gained)
    ]
