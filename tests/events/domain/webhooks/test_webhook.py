"""What may be decided about a webhook, and what its history makes of it."""

import base64
from uuid import UUID

import pytest

from events.domain.aggregates import Aggregates, Change
from events.domain.originators import originator_of
from events.domain.refusals import Conflict, Invalid, NotFound
from events.domain.webhooks.commands import (
    DeleteWebhook,
    DisableWebhook,
    PutWebhook,
    ReplayWebhook,
    RotateSecret,
    SendTest,
    WebhookCommand,
)
from events.domain.webhooks.secrets import NoKey, Secrets
from events.domain.webhooks.settings import WebhookSettings
from events.domain.webhooks.targets import check_scheme
from events.domain.webhooks.types import is_of, may_be_ballots
from events.domain.webhooks.webhook import SecretPart, Webhook, Wish
from events.position import Position, Positions

AT = "2026-01-01T00:00:00.000Z"
WISH = Wish("https://crm.example.com/in", types=("groundswell.post",))
KEY = "k1:" + "x" * 32


class Here(Aggregates):
    """The webhooks of one workspace, in memory."""

    def __init__(self) -> None:
        self.by_id: dict[UUID, Webhook] = {}

    def find(self, kind, id, /):
        return self.by_id.get(originator_of("acme", kind.KIND, id))

    def do(self, command: WebhookCommand, at: str = AT) -> Change[Webhook]:
        change = command.change(self, at)
        self.by_id[command.subject] = change.aggregate
        return change


@pytest.fixture
def here() -> Here:
    return Here()


def put(wish: Wish = WISH, *, salt: str = "s1", reason: str = "") -> PutWebhook:
    return PutWebhook(workspace="acme", webhook="crm", wish=wish, secret=SecretPart("k1", salt), reason=reason)


def types_of(change: Change[Webhook]) -> list[str]:
    return [recorded.event.TYPE.split(".")[2] for recorded in change.events]


def test_a_webhook_is_made_changed_and_the_same_again_is_nothing(here: Here) -> None:
    assert types_of(made := here.do(put())) == ["subscribed"]
    assert made.created
    assert here.do(put(salt="other")).events == ()
    assert here.do(put(salt="other")).aggregate.secret.salt == "s1"
    changed = here.do(put(WISH._replace(internal=True, types=()), reason="all of it"))
    assert types_of(changed) == ["changed"]
    assert (changed.aggregate.internal, changed.aggregate.types, changed.aggregate.url) == (True, (), WISH.url)
    assert changed.aggregate.begun == 1, "it goes on where it is"


def test_disabling_says_why_and_enabling_goes_on(here: Here) -> None:
    here.do(put())
    disabled = here.do(DisableWebhook(workspace="acme", webhook="crm", reason="410 Gone"))
    assert (disabled.aggregate.active, disabled.aggregate.disabled_reason) == (False, "410 Gone")
    assert here.do(DisableWebhook(workspace="acme", webhook="crm", reason="again")).events == ()
    with pytest.raises(Conflict):
        here.do(SendTest(workspace="acme", webhook="crm"))
    enabled = here.do(put())
    assert (types_of(enabled), enabled.aggregate.active, enabled.aggregate.begun) == (["enabled"], True, 1)
    assert types_of(here.do(SendTest(workspace="acme", webhook="crm"))) == ["tested"]
    assert types_of(here.do(put(WISH._replace(active=False)))) == ["disabled"]


def test_one_made_disabled_is_so(here: Here) -> None:
    assert types_of(here.do(put(WISH._replace(active=False)))) == ["subscribed", "disabled"]


def test_a_replay_begins_from_a_position_or_a_time(here: Here) -> None:
    here.do(put())
    token = Positions.after([Position("groundswell.ledger", 0, 7)]).token()
    replayed = here.do(ReplayWebhook(workspace="acme", webhook="crm", start=token)).aggregate
    assert (replayed.begun, replayed.start, replayed.since) == (2, token, "")
    since = here.do(ReplayWebhook(workspace="acme", webhook="crm", since=AT)).aggregate
    assert (since.begun, since.start, since.since) == (3, "", AT)
    for wrong in ({}, {"start": token, "since": AT}, {"start": "nonsense!"}, {"since": "yesterday"}):
        with pytest.raises(Invalid):
            here.do(ReplayWebhook(workspace="acme", webhook="crm", **wrong))


def test_a_new_secret_and_the_one_before_for_a_while(here: Here) -> None:
    here.do(put())
    rotated = here.do(
        RotateSecret(workspace="acme", webhook="crm", secret=SecretPart("k2", "s2"), overlap_seconds=60)
    ).aggregate
    assert rotated.secrets_at("2026-01-01T00:00:59.999Z") == (SecretPart("k2", "s2"), SecretPart("k1", "s1"))
    assert rotated.secrets_at("2026-01-01T00:01:00.000Z") == (SecretPart("k2", "s2"),)
    with pytest.raises(Invalid):
        here.do(RotateSecret(workspace="acme", webhook="crm", secret=SecretPart("k2", "s3"), overlap_seconds=-1))


def test_what_is_deleted_is_not_there_and_may_come_again_as_another(here: Here) -> None:
    here.do(put())
    here.do(DeleteWebhook(workspace="acme", webhook="crm", reason="done"))
    for command in (DisableWebhook, SendTest, DeleteWebhook):
        with pytest.raises(NotFound):
            here.do(command(workspace="acme", webhook="crm"))
    again = here.do(put(salt="s9"))
    assert again.created
    assert (again.aggregate.version, again.aggregate.begun, again.aggregate.secret.salt) == (3, 3, "s9")
    assert not again.aggregate.deleted


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "https://", "//example.com", "https://user:pw@example.com/", "https://example.com/#a",
        "https://example.com:99999/", "https://exa mple.com/", "https://example.com/\r\nX: y", "javascript:alert(1)",
        "https://ex\u00e4mple.com/", "https://example.com/" + "a" * 2000, "https://example.com\\@evil.com/", "",
    ],
)  # fmt: skip
def test_urls_that_nothing_can_be_posted_to(here: Here, url: str) -> None:
    with pytest.raises(Invalid, match="url"):
        here.do(put(WISH._replace(url=url)))


def test_http_only_where_private_addresses_are_allowed() -> None:
    check_scheme("https://example.com", allow_private=False)
    check_scheme("http://127.0.0.1:9000/in", allow_private=True)
    with pytest.raises(Invalid, match="https"):
        check_scheme("http://example.com", allow_private=False)


@pytest.mark.parametrize("types", [("groundswell.pots",), ("groundswell.pos",), ("post",), ("groundswell.*",), ("",)])
def test_types_that_never_come_are_refused(here: Here, types: tuple[str, ...]) -> None:
    with pytest.raises(Invalid, match="types"):
        here.do(put(WISH._replace(types=types)))


def test_types_by_what_they_begin_with() -> None:
    assert is_of("groundswell.post.submitted.v1", "groundswell.post")
    assert is_of("groundswell.post.submitted.v1", "groundswell.post.submitted.v1")
    assert not is_of("groundswell.poster.made.v1", "groundswell.post")
    assert may_be_ballots(())
    assert may_be_ballots(("groundswell.post", "groundswell.vote.cast"))
    assert may_be_ballots(("groundswell",))
    assert not may_be_ballots(("groundswell.post", "groundswell.webhook.tested.v1"))


def test_a_secret_follows_from_key_and_salt_alone() -> None:
    made = Secrets(WebhookSettings(keys=KEY))
    part = made.fresh("salt")
    text = made.text("acme", "crm", part)
    assert text.startswith("whsec_")
    assert len(base64.b64decode(text.removeprefix("whsec_"))) == 32
    later = Secrets(WebhookSettings(keys="k2:" + "y" * 32 + "," + KEY))
    assert later.text("acme", "crm", part) == text, "a new key changes no old secret"
    assert later.fresh().key == "k2"
    others = [("globex", "crm", part), ("acme", "erp", part), ("acme", "crm", part._replace(salt="other"))]
    assert len({text, *(made.text(*each) for each in others)}) == 4


def test_without_its_key_no_secret() -> None:
    with pytest.raises(NoKey, match="GROUNDSWELL_WEBHOOKS_KEYS"):
        Secrets(WebhookSettings()).fresh()
    with pytest.raises(NoKey, match="'k1'"):
        Secrets(WebhookSettings(keys="k2:" + "y" * 32)).raw("acme", "crm", SecretPart("k1", "s"))


@pytest.mark.parametrize("keys", ["short:abc", "x" * 40, "a:" + "x" * 32 + ",a:" + "y" * 32, ":" + "x" * 32])
def test_keys_that_are_none_are_refused_and_not_printed(keys: str) -> None:
    with pytest.raises(ValueError, match="GROUNDSWELL_WEBHOOKS_KEYS") as refused:
        WebhookSettings(keys=keys)
    assert keys not in str(refused.value)
