"""Webhooks against a real receiver: everything arrives, signed, in order for each post, whatever the receiver does."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from events.domain.commands import CreateKey
from events.domain.keys import generate_key
from events.domain.webhooks.commands import DisableWebhook, PutWebhook, ReplayWebhook, RotateSecret, SendTest
from events.domain.webhooks.webhook import Wish
from events.position import Position, Positions
from services.generations.switching import switch
from services.generations.verifying import Verdict, verify
from services.webhooks.delivering import Webhooks
from tests.support.generations import client_of, log_of, rebuild
from tests.support.receiver import Path, Receiver, failing
from tests.support.webhooks import Place

pytestmark = pytest.mark.usefixtures("delivering")


def first_arrivals(path: Path, post: str) -> list[str]:
    """What was taken about a post, each once, in the order in which it first came."""
    own = [each for each in path.taken if each.event["subject"] == post]
    return list(dict.fromkeys(each.event["id"] for each in own))


def numbers(path: Path, post: str) -> list[str]:
    """The reasons of a post's changes in the order in which they were taken."""
    events = [each.event for each in path.taken if each.event["subject"] == post]
    return [event["data"]["reason"] for event in events if "reason" in event["data"]]


async def test_everything_that_it_wants_signed_and_nothing_else(place: Place, path: Path) -> None:
    await place.posts("z")
    secret = await place.subscribe(path, types=("groundswell.post", "groundswell.vote"))
    await place.posts("ab")
    await place.vote("ann", "ab")
    await place.change("a", 3)
    await path.until(lambda: len(path.taken) >= 7)
    verified = [each.verified(secret) for each in path.taken]
    assert verified == [each.event for each in path.taken]
    kinds = sorted(event["type"].removeprefix("groundswell.") for event in verified)
    assert kinds == sorted(
        ["post.submitted.v1"] * 2 + ["vote.cast.v1"] * 2 + ["post.closed.v1"] * 2 + ["post.reopened.v1"]
    )
    assert {event["source"] for event in verified} == {place.workspace}
    assert {event["subject"] for event in verified} == {"a", "b"}, "what was before it is not sent"
    assert numbers(path, "a") == ["0", "1", "2"]
    assert len({each.message for each in path.taken}) == 7
    headers = path.taken[0].headers
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("Groundswell/")


async def test_what_fails_holds_back_its_own_post_and_no_other(place: Place, path: Path) -> None:
    path.behave = failing(3, lambda event: event["subject"] == "a")
    secret = await place.subscribe(path, types=("groundswell.post",))
    await place.posts("ab")
    await place.change("a", 4)
    await place.change("b", 4)
    await path.until(lambda: len(path.taken) == 10)
    for post in "ab":
        assert numbers(path, post) == ["0", "1", "2", "3"]
    assert first_arrivals(path, "a")[0] == next(e["id"] for e in path.events("post.submitted") if e["subject"] == "a")
    of_a = [each for each in path.received if each.event["subject"] == "a"]
    assert len(of_a) == 5 * 4, "each was refused three times"
    assert len({each.message for each in of_a}) == 5, "and was the same message each time"
    assert len({each.body for each in of_a}) == 5
    for each in path.received:
        each.verified(secret)
    last_of_b = max(n for n, each in enumerate(path.received) if each.event["subject"] == "b")
    assert sum(each.event["subject"] == "a" for each in path.received[last_of_b:]) > 0, "b did not wait for a"
    attempts = []
    while len(attempts) < len(path.received):
        attempts = await place.deliveries()
    first = [each for each in attempts if each.event_id == of_a[0].event["id"]]
    assert [(each.attempt, each.outcome, each.status) for each in first] == [
        (1, "failed", 500), (2, "failed", 500), (3, "failed", 500), (4, "delivered", 200),
    ]  # fmt: skip
    assert first[0].reason == "the receiver answered 500"
    assert [each.next_attempt_at is None for each in first] == [False, False, False, True]


async def test_one_that_hangs_is_tried_again(place: Place, path: Path) -> None:
    hung: list[str] = []

    def behave(event: Any) -> int | str:
        if event["subject"] == "a" and len(hung) < 2:
            hung.append(event["id"])
            return "hang"
        return 200

    path.behave = behave
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("ab")
    await place.change("a", 2)
    await path.until(lambda: len(path.taken) == 4)
    assert numbers(path, "a") == ["0", "1"]
    failed = [each for each in await place.deliveries() if each.outcome == "failed"]
    assert [each.status for each in failed] == [0, 0]
    assert "no answer within" in failed[0].reason


async def test_redirects_are_not_followed(place: Place, path: Path, receiver: Receiver) -> None:
    elsewhere = receiver.path(f"{place.workspace}-elsewhere")
    path.behave = lambda _: elsewhere.url if len(path.received) < 3 else 200
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("a")
    await path.until(lambda: path.taken)
    assert elsewhere.received == []
    attempts = await place.deliveries()
    assert [each.status for each in attempts] == [307, 307, 200][: len(attempts)]


async def test_one_that_is_gone_is_disabled_at_once_and_loses_nothing(place: Place, path: Path) -> None:
    path.behave = lambda event: 410 if event["subject"] == "b" else 200
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("abc")
    await path.until(lambda: not place.webhook().active, "it was disabled")
    assert "410 Gone" in place.webhook().disabled_reason
    asked = len([each for each in path.received if each.event["subject"] == "b"])
    await place.change("a", 2)
    assert asked == 1
    path.behave = lambda _: 200
    before = len(path.taken)
    await place.do(
        PutWebhook(
            workspace=place.workspace,
            webhook="hook",
            wish=Wish(path.url, types=("groundswell.post",)),
            secret=place.house.secrets.fresh(),
        )
    )
    await path.until(lambda: len(path.taken) == 5)
    assert before <= 2
    assert {event["subject"] for event in path.events("post.submitted")} == set("abc")
    assert numbers(path, "a") == ["0", "1"]


async def test_one_that_fails_for_ever_is_disabled_and_goes_on_when_it_is_enabled(place: Place, path: Path) -> None:
    path.behave = lambda event: 503 if event["subject"] == "a" else 200
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("ab")
    await path.until(lambda: not place.webhook().active, "it was disabled")
    assert len([each for each in path.received if each.event["subject"] == "a"]) == 9, "the schedule's 8, and the first"
    assert "503" in place.webhook().disabled_reason
    path.behave = lambda _: 200
    await place.subscribe(path, types=("groundswell.post",))
    await path.until(lambda: len(path.taken) == 2)


async def test_a_dead_receiver_holds_back_no_more_than_the_bound(place: Place, path: Path) -> None:
    """And takes everything in order once it lives again. A page has 4 events, and 3 subjects are held at most."""
    await place.posts("abcdefgh")
    await place.subscribe(path, types=("groundswell.post",))
    path.behave = lambda _: 500
    for post in "abcdefgh":
        await place.change(post, 2)
    await path.until(lambda: not place.webhook().active, "it was disabled")
    asked = {each.event["subject"] for each in path.received}
    assert len(asked) <= 2 + 4
    assert {each.event["data"]["reason"] for each in path.received} == {"0"}, "the second of a post waits for the first"
    path.behave = lambda _: 200
    await place.subscribe(path, types=("groundswell.post",))
    await path.until(lambda: len(path.taken) >= 16)
    for post in "abcdefgh":
        assert numbers(path, post) == ["0", "1"]


async def test_a_replay_sends_again_under_the_same_identities(place: Place, path: Path) -> None:
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("ab")
    await path.until(lambda: len(path.taken) == 2)
    await place.decide(ReplayWebhook, since="1970-01-01T00:00:00.000Z")
    await path.until(lambda: len(path.taken) == 4)
    assert {each.message for each in path.taken[2:]} == {each.message for each in path.taken[:2]}
    of_b = next(event for event in path.events() if event["subject"] == "b")
    at = Positions.from_token(of_b["position"]).next_offsets
    start = Positions.after([Position(*partition, offset - 2) for partition, offset in at.items()]).token()
    await place.decide(ReplayWebhook, start=start)
    await path.until(lambda: len(path.taken) == 5)
    assert path.taken[4].event["subject"] == "b"


async def test_while_a_secret_is_rotated_both_verify(place: Place, path: Path) -> None:
    old = await place.subscribe(path, types=("groundswell.post",))
    fresh = place.house.secrets.fresh()
    await place.decide(RotateSecret, secret=fresh, overlap_seconds=3600)
    new = place.house.secrets.text(place.workspace, "hook", fresh)
    await place.posts("a")
    await path.until(lambda: path.taken)
    assert old != new
    for secret in (old, new):
        assert path.taken[0].verified(secret)["subject"] == "a"
    await place.decide(RotateSecret, secret=place.house.secrets.fresh(), overlap_seconds=0)
    await place.change("a", 1)
    await path.until(lambda: len(path.taken) == 2)
    for secret in (old, new):
        with pytest.raises(Exception, match="No matching signature"):
            path.taken[1].verified(secret)


async def test_a_test_arrives_and_keys_do_not(
    place: Place, path: Path, receiver: Receiver, delivering: Webhooks
) -> None:
    other = receiver.path(f"{place.workspace}-other")
    await place.subscribe(path)
    await place.subscribe(other, name="other")
    await place.decide(DisableWebhook, name="other")
    key = generate_key()
    await place.do(CreateKey(workspace=place.workspace, key=key.key, role="read", hash=key.hash))
    await place.decide(SendTest)
    await place.posts("a")
    await path.until(lambda: path.events("post.submitted"))
    await path.until(lambda: len(path.taken) == 3)
    found = {event["type"]: event["data"] for event in path.events()}
    assert set(found) == {
        "groundswell.webhook.tested.v1", "groundswell.board.created.v1", "groundswell.post.submitted.v1",
    }  # fmt: skip
    assert found["groundswell.webhook.tested.v1"]["webhook"] == "hook"
    assert other.received == []
    assert delivering.complaint() is None


async def test_a_rebuild_of_the_events_sends_nothing(place: Place, path: Path) -> None:
    await place.subscribe(path, types=("groundswell.post",))
    await place.posts("ab")
    await path.until(lambda: len(path.taken) == 2)
    site: Any = SimpleNamespace(
        kafka=place.house.log.settings, clickhouse=place.house.clickhouse, data=place.house.projector.data
    )

    def build_and_switch() -> None:
        assert rebuild(site, "events", processes=1).generation == 2
        with client_of(site) as client:
            log = log_of(site, "events")
            assert verify(client, site.clickhouse.database, "events", log).verdict is Verdict.EQUAL
            switch(client, site.clickhouse.database, "events", log)

    await asyncio.to_thread(build_and_switch)
    await place.change("a", 1)
    await path.until(lambda: len(path.taken) > 2)
    assert [each.event["type"] for each in path.received[2:]] == ["groundswell.post.closed.v1"]
