"""The command line against a whole running stack."""

import asyncio
import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from events.settings import KafkaSettings
from projections.catalog import PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from services.cli.lag import wait_until_folded
from services.sample.sample import make_sample
from tests.support.local_stack import COMMAND, LocalStack, clean_environment, groundswell
from tests.support.stackexchange_ranking import ranking

SMALL = Path(__file__).parents[1] / "importers" / "small.example.com"
REAL = os.environ.get("GROUNDSWELL_STACKEXCHANGE")


def one_line(done: "subprocess.CompletedProcess[str]", code: int = 1) -> str:
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


# -- up, down, status --


def test_up_says_how_to_go_on(stack: LocalStack) -> None:
    running = stack.stack
    for address in (running.api, running.clickhouse, running.kafka, running.keys["demo"]):
        assert address in stack.welcome
    assert "Delete a person's data on request" in stack.welcome
    assert (stack.data / "stack.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_curl_lines_work_as_printed(stack: LocalStack) -> None:
    lines = [line.strip() for line in stack.welcome.splitlines() if line.strip().startswith("curl ")]
    assert len(lines) == 4
    answers = [
        subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout for line in lines
    ]
    assert len(msgspec.json.decode(answers[0])["items"]) == 5
    in_june = msgspec.json.decode(answers[1])["columns"]
    assert [(column["column"], column["count"]) for column in in_june] == [
        ("now", 1),
        ("next", 3),
        ("later", 1),
        ("shipped", 2),
    ]
    assert msgspec.json.decode(answers[2])["importance"] == 3
    assert len(answers[3].splitlines()) == 5


def test_the_sample_is_what_it_says(stack: LocalStack) -> None:
    sample = make_sample()
    standing = {(vote.post, vote.person): vote.value for vote in sample.votes}
    expected = {
        post.wish.post: (
            sum(value == 1 for (on, _), value in standing.items() if on == post.wish.post),
            sum(value == -1 for (on, _), value in standing.items() if on == post.wish.post),
        )
        for post in sample.posts
    }
    rows = stack.sql("SELECT post, up, down FROM groundswell.ranking_as_of(at = '2026-11-01') WHERE workspace = 'demo'")
    assert {post: (up, down) for post, up, down in rows} == expected


def test_a_second_stack_on_the_same_folder_is_refused(stack: LocalStack) -> None:
    ports = ("--port", 0, "--kafka-port", 0, "--clickhouse-port", 0)
    assert "is in use by another stack" in one_line(stack.run("up", "--detach", *ports))


def test_status_shows_each_part(stack: LocalStack) -> None:
    done = stack.run("status", "--json")
    assert done.returncode == 0
    status = msgspec.json.decode(done.stdout)
    names = {"supervisor", "kafka", "clickhouse", "projector", "sagas", "api"}
    assert {part["name"] for part in status["parts"]} == names
    assert {part["health"] for part in status["parts"]} == {"ok"}
    assert set(status["lag"]) == {each.name for each in PROJECTIONS}
    assert "projector" in stack.run("status").stdout


def test_a_stack_at_a_glance(stack: LocalStack) -> None:
    stack.wait_folded()
    done = stack.run("status")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[0] == "OK: everything on the log is folded"
    found = msgspec.json.decode(stack.run("status", "--json").stdout)
    assert found["ok"]
    assert {each["projection"]: each["live"] for each in found["projections"]} == {each.name: 1 for each in PROJECTIONS}
    assert set(found["lag"].values()) == {0}


def test_an_installation_by_its_settings_has_no_process_ids(stack: LocalStack, tmp_path: Path) -> None:
    api = stack.stack.api.rpartition(":")[2]
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": stack.stack.kafka,
        "CLICKHOUSE_URL": stack.stack.clickhouse,
        "GROUNDSWELL_API_PORT": api,
    }
    done = groundswell("status", "--json", cwd=tmp_path, env=settings)
    assert done.returncode == 0, done.stdout
    parts = msgspec.json.decode(done.stdout)["parts"]
    assert {part["name"]: part["health"] for part in parts} == {"kafka": "ok", "clickhouse": "ok", "api": "ok"}
    assert {part["pid"] for part in parts} == {None}
    away = groundswell("status", cwd=tmp_path, env={**settings, "CLICKHOUSE_URL": "http://127.0.0.1:1"})
    assert away.returncode == 1
    assert away.stdout.splitlines()[0] == "NOT OK: clickhouse is away"


def test_a_part_that_is_frozen_is_named(stack: LocalStack) -> None:
    os.kill(stack.stack.pids["projector"], signal.SIGSTOP)
    try:
        done = stack.run("status")
    finally:
        os.kill(stack.stack.pids["projector"], signal.SIGCONT)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "NOT OK: projector is away"


def test_says_how_far_behind_a_projector_is_that_does_not_get_on(stack: LocalStack) -> None:
    projector = stack.stack.pids["projector"]
    os.kill(projector, signal.SIGSTOP)
    try:
        votes = "".join(f'{{"post":"p","person":"u{n}"}}\n' for n in range(25))
        assert stack.run("import", "votes", "-", "-w", "lagging", "--create-posts", stdin=votes).returncode == 0
        kafka = KafkaSettings(KAFKA_BOOTSTRAP_SERVERS=stack.stack.kafka)
        clickhouse = ClickHouseSettings(CLICKHOUSE_URL=stack.stack.clickhouse)
        assert wait_until_folded(kafka, clickhouse, seconds=0)["votes"] == 25
    finally:
        os.kill(projector, signal.SIGCONT)
    stack.wait_folded()


# -- keys --


def test_a_new_key_opens_its_workspace_and_no_other(stack: LocalStack) -> None:
    done = stack.run("keys", "create", "--workspace", "keyed", "--role", "read", "--json")
    assert done.returncode == 0
    key = msgspec.json.decode(done.stdout)["key"]
    answer = httpx.get(f"{stack.stack.api}/v1/ranking", headers={"authorization": f"Bearer {key}"}, trust_env=False)
    assert answer.status_code == 200
    assert answer.json()["items"] == []
    plain = stack.run("keys", "create", "--workspace", "keyed", "--role", "ingest").stdout
    assert re.fullmatch(r"gsk_[a-z0-9]+_\S+\n", plain)
    assert key not in (stack.data / "stack.json").read_text()


def test_a_workspace_needs_a_name_that_is_one(stack: LocalStack) -> None:
    assert "workspace" in one_line(stack.run("keys", "create", "--workspace", "a/b", "--role", "read"))


# -- ranking --


def test_formulas_what_if_movement_and_places(stack: LocalStack) -> None:
    put = stack.run("formula", "put", "talked", "up + 3 * comments", "-w", "demo", "--reason", "why not")
    assert put.stdout == "formula talked is at version 1, in plain\n"
    asked = stack.run("what-if", "-w", "demo", "--expression", "0 - score", "--limit", 2, "--json").stdout
    moved = msgspec.json.decode(asked)["items"]
    assert [post["rank"] for post in moved][:2] == [1, 2]
    assert {post["rank_before"] for post in moved} >= {1, 2}
    since = stack.run("movement", "-w", "demo", "--since", "2026-06-01", "--limit", 3, "--json").stdout
    assert len(msgspec.json.decode(since)["items"]) >= 3
    post = moved[-1]["post"]
    places = stack.run(
        "rank-history", post, "-w", "demo", "--from", "2026-06-01", "--to", "2026-10-01", "--json"
    ).stdout
    assert {place["at"][:10] for place in msgspec.json.decode(places)["items"]} <= {
        f"2026-{n:02d}-01" for n in range(6, 11)
    }
    assert stack.run("what-if", "-w", "demo", "--by", "wilson", "--limit", 1).stdout.count("\n") > 2
    for command in (
        ["what-if", "--by", "luck"],
        ["ranking", "--by", "luck"],
        ["rank-history", "x", "--from", "1970-01-01", "--every", "day"],
    ):
        failed = stack.run(*command, "-w", "demo")
        assert failed.returncode == 1
        assert failed.stderr.count("\n") == 1


def test_a_ranking_as_a_table_and_as_json(stack: LocalStack) -> None:
    table = stack.run("ranking", "--workspace", "demo", "--limit", 2, "--as-of", "2026-10-01").stdout
    assert len([line for line in table.splitlines() if re.match(r" +\d ", line)]) == 2
    done = stack.run("ranking", "--workspace", "demo", "--by", "recent", "--limit", 3, "--json")
    answer = msgspec.json.decode(done.stdout)
    newest = sorted(make_sample().posts, key=lambda post: -post.at)[:3]
    assert [item["post"] for item in answer["items"]] == [post.wish.post for post in newest]
    assert [item["rank"] for item in answer["items"]] == [1, 2, 3]


def test_a_workspace_without_posts_is_no_failure(stack: LocalStack) -> None:
    done = stack.run("ranking", "--workspace", "nobody")
    assert (done.returncode, done.stdout) == (0, "")
    assert "No posts" in done.stderr
    injected = stack.run("ranking", "--workspace", "' OR 1=1 --")
    assert (injected.returncode, injected.stdout) == (0, "")


# -- import --


def same_as_file(stack: LocalStack, workspace: str, folder: Path, day: str) -> None:
    """The ranking as of a day equals the one that the file alone gives: the first page, and all of it."""
    expected = [tuple(post) for post in ranking(folder, day)]
    page = stack.run("ranking", "-w", workspace, "--as-of", day, "--limit", 100, "--json").stdout
    items = [(each["post"], each["score"], each["up"], each["down"]) for each in msgspec.json.decode(page)["items"]]
    assert items == expected[:100]
    query = f"""SELECT post, score, up, down FROM groundswell.ranking_as_of(at = '{day}')
WHERE workspace = '{workspace}' ORDER BY score DESC, created_at, post"""
    assert stack.sql(query) == expected


@pytest.fixture(scope="module")
def small(stack: LocalStack) -> LocalStack:
    """The stack with the small dump, imported twice."""
    for created in (5, 0):
        done = stack.run("import", "stackexchange", SMALL, "--workspace", "small", "--json")
        assert done.returncode == 0, done.stderr
        counts = msgspec.json.decode(done.stdout)
        assert (counts["posts"], counts["posts_created"], counts["up"], counts["down"]) == (5, created, 7, 2)
    stack.wait_folded()
    return stack


@pytest.mark.parametrize("day", ["2019-12-31", "2020-01-02", "2020-01-15", "2020-02-29", "2020-12-31", "2021-06-01"])
def test_a_dump_gives_the_ranking_of_its_file(small: LocalStack, day: str) -> None:
    same_as_file(small, "small", SMALL, day)


@pytest.fixture(scope="module")
def real(stack: LocalStack) -> LocalStack:
    """The stack with a real dump."""
    assert stack.run("import", "stackexchange", REAL, "--workspace", "real").returncode == 0
    stack.wait_folded()
    return stack


@pytest.mark.skipif(REAL is None, reason="GROUNDSWELL_STACKEXCHANGE names no dump's folder")
@pytest.mark.parametrize("day", ["2012-02-01", "2015-01-01", "2019-07-15", "2030-01-01"])
def test_a_real_dump_gives_the_ranking_of_its_file(real: LocalStack, day: str) -> None:
    same_as_file(real, "real", Path(REAL or ""), day)


def test_killed_in_the_middle_and_repeated_an_import_is_exact(stack: LocalStack) -> None:
    lines = [f'{{"post":"p{n % 50}","person":"u{n}","at":"2026-01-0{1 + n % 9}"}}\n' for n in range(30_000)]
    command = [*COMMAND, "import", "votes", "-", "-w", "killed", "--create-posts", "--data", str(stack.data)]
    importing = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment()
    )
    assert importing.stdin is not None
    importing.stdin.write("".join(lines[:17_000]).encode())
    importing.stdin.flush()
    deadline = time.monotonic() + 60
    count = "SELECT count() FROM groundswell.votes WHERE workspace = 'killed'"
    while stack.sql(count) == [(0,)]:
        assert importing.poll() is None, importing.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    importing.kill()
    said = importing.communicate()
    assert importing.returncode == -signal.SIGKILL, said
    again = stack.run("import", "votes", "-", "-w", "killed", "--create-posts", "--json", stdin="".join(lines))
    assert msgspec.json.decode(again.stdout)["accepted"] == 30_000
    stack.wait_folded()
    rows = stack.sql("SELECT count(), sum(up), sum(down) FROM groundswell.ranking WHERE workspace = 'killed'")
    assert rows == [(50, 30_000, 0)]
    assert stack.sql("SELECT count() FROM groundswell.vote_history WHERE workspace = 'killed'") == [(30_000,)]


def test_bad_lines_are_told_and_the_good_ones_kept(stack: LocalStack, tmp_path: Path) -> None:
    table = io.StringIO()
    csv.writer(table).writerows(
        [("post", "person", "value"), ("a", "u1", 1), ("a", "u2", "x"), ("a b", "u3", 1), ("a", "u4", -1)]
    )
    file = tmp_path / "votes.csv"
    file.write_text(table.getvalue())
    for _ in range(2):
        done = stack.run("import", "votes", file, "-w", "lines", "--create-posts")
        assert done.returncode == 1
        assert done.stderr.splitlines() == [
            "line 3: value: 'x' is no whole number",
            "line 4: post: must match [A-Za-z0-9][A-Za-z0-9_.:~-]{0,63}",
        ]
        assert done.stdout.startswith("2 votes imported, 2 rejected")
    stack.wait_folded()
    assert stack.sql("SELECT post, up, down FROM groundswell.ranking WHERE workspace = 'lines'") == [("a", 1, 1)]


def test_endless_bad_lines_are_counted(stack: LocalStack) -> None:
    done = stack.run("import", "votes", "-", "-w", "lines", stdin="{\n" * 500)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 101
    assert "400 bad lines more" in done.stderr


def test_what_is_no_file_or_dump_is_told_in_a_line(stack: LocalStack, tmp_path: Path) -> None:
    assert "none.csv" in one_line(stack.run("import", "votes", "none.csv", "-w", "lines"))
    assert "no Votes.xml" in one_line(stack.run("import", "stackexchange", tmp_path, "-w", "lines"))


# -- log and dead letters --


def test_the_log_decoded(stack: LocalStack) -> None:
    done = stack.run("log", "show", "--topic", "ballots", "-w", "demo", "--post", "dark-mode", "--limit", 3, "--json")
    entries = [msgspec.json.decode(line) for line in done.stdout.splitlines()]
    assert {entry["event"]["subject"] for entry in entries} == {"dark-mode"}
    person = entries[0]["event"]["data"]["person"]
    mine = stack.run("log", "show", "-w", "demo", "--person", person, "--topic", "ballots").stdout
    votes = [vote for vote in make_sample().votes if vote.person == person]
    assert mine.count(f'"person":"{person}"') == len(votes)
    ledger = stack.run("log", "show", "--topic", "ledger", "--limit", 1).stdout
    assert "groundswell.log.opened.v1" in ledger


def test_the_log_from_a_place(stack: LocalStack) -> None:
    show = ("log", "show", "--topic", "ballots", "--json", "--limit", 2)
    at = msgspec.json.decode(stack.run(*show, "--from", "3:40").stdout.splitlines()[0])
    assert (at["partition"], at["offset"]) == (3, 40)
    since = stack.run(*show, "--from", at["recorded_at"]).stdout.splitlines()
    assert all(msgspec.json.decode(line)["recorded_at"] >= at["recorded_at"] for line in since)
    assert stack.run(*show, "--from", "2099-01-01").stdout == ""
    assert "--from" in one_line(stack.run(*show, "--from", "here"), code=2)


def test_tail_shows_what_comes_until_it_is_interrupted(stack: LocalStack) -> None:
    command = [*COMMAND, "log", "tail", "-w", "tailed", "--json", "--data", str(stack.data)]
    tail = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment())
    try:
        assert tail.stdout is not None
        vote = '{"post":"p","person":"u","id":"tailed-1"}\n'
        deadline = time.monotonic() + 60
        os.set_blocking(tail.stdout.fileno(), False)
        seen = b""
        while b'"tailed-1"' not in seen:
            assert tail.poll() is None, tail.communicate()
            assert time.monotonic() < deadline
            assert stack.run("import", "votes", "-", "-w", "tailed", "--create-posts", stdin=vote).returncode == 0
            time.sleep(0.5)
            seen += tail.stdout.read() or b""
        tail.send_signal(signal.SIGINT)
        _, errors = tail.communicate(timeout=20)
        assert (tail.returncode, errors) == (0, b"")
    finally:
        tail.kill()


def test_dead_letters_can_be_read(stack: LocalStack) -> None:
    async def append_rubbish() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=stack.stack.kafka)
        await producer.start()
        await producer.send_and_wait("groundswell.ballots", b"rub\x1bbish", key=b"demo/rubbish", partition=0)
        await producer.stop()

    asyncio.run(append_rubbish())
    stack.wait_folded()
    letters = msgspec.json.decode(stack.run("dead-letters", "list", "--json").stdout)
    letter = next(each for each in letters if each["projection"] == "votes")
    assert letter["place"].startswith("groundswell.ballots/0@")
    shown = stack.run("dead-letters", "show", letter["number"])
    assert "rub\ufffdbish" in shown.stdout
    assert letter["place"] in stack.run("dead-letters", "list").stdout
    assert "no dead letter 99999" in one_line(stack.run("dead-letters", "show", 99999))


# -- projections and SQL --


def test_projections_are_listed(stack: LocalStack) -> None:
    rows = msgspec.json.decode(stack.run("projections", "list", "--json").stdout)
    shown = {(row["projection"], row["generation"], row["state"]) for row in rows}
    assert shown == {(each.name, 1, "live") for each in PROJECTIONS}
    assert "votes" in stack.run("projections", "list").stdout


def test_sql_by_argument_and_by_standard_input(stack: LocalStack) -> None:
    query = (
        "SELECT board, count() AS posts FROM ranking WHERE workspace = 'demo' GROUP BY board ORDER BY board LIMIT 1;"
    )
    posts = sum(post.wish.board == "admin" for post in make_sample().posts)
    assert stack.run("sql", query).stdout == f"board\tposts\nadmin\t{posts}\n"
    assert msgspec.json.decode(stack.run("sql", "--json", stdin=query).stdout) == {"board": "admin", "posts": posts}
    assert "Syntax error" in one_line(stack.run("sql", "SELEC 1"))
    assert "no query" in one_line(stack.run("sql", stdin=" ; "))


def test_whoever_has_seen_enough_may_go(stack: LocalStack) -> None:
    command = " ".join([*COMMAND, "sql", "'SELECT number FROM numbers(1000000)'", "--data", str(stack.data)])
    script = f"set -o pipefail; {command} | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=clean_environment(), check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "number\n", "")


def test_a_stack_is_found_in_the_current_folder(stack: LocalStack) -> None:
    here = stack.data.parent / "here"
    here.mkdir(exist_ok=True)
    (here / ".groundswell").symlink_to(stack.data)
    done = groundswell("ranking", "-w", "demo", "--limit", 1, "--json", cwd=here)
    assert done.returncode == 0, done.stderr


def test_the_prompt_answers_until_it_is_left(stack: LocalStack, tmp_path: Path) -> None:
    script = shutil.which("script")
    if script is None:
        pytest.skip("no terminal can be made on this machine")
    command = f"{sys.executable} -m services.cli sql --data {stack.data}"
    done = subprocess.run(
        [script, "-qec", command, "/dev/null"],
        input=b"SELECT 40\n+ 2;\nSELEC;\nexit\n",
        capture_output=True,
        env={**clean_environment(), "XDG_STATE_HOME": str(tmp_path), "TERM": "dumb"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert b"42" in done.stdout
    assert b"Syntax error" in done.stdout
    assert "SELECT 40" in (tmp_path / "groundswell" / "sql-history").read_text()
