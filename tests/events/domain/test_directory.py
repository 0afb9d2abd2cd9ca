"""What hot paths ask, as the ledger goes on."""

from collections.abc import Callable

from events.domain.application import Feedback
from events.domain.commands import ClosePost, PutBoard, PutPost, ReopenPost, RevokeKey
from events.domain.directory import BoardEntry, Directory, KeyEntry
from events.domain.keys import generate_key, hash_key, read_key
from events.domain.post_entries import PostEntry

OpenFeedback = Callable[[], Feedback]
W = "acme"


def fill(feedback: Feedback) -> str:
    key, _ = feedback.create_key(W, "ingest", label="Shop")
    for board in ("ideas", "bugs"):
        feedback.execute(PutBoard(workspace=W, board=board, name=board.title()))
    for post in ("p", "q"):
        feedback.execute(PutPost(workspace=W, post=post, board="ideas", title="Title"))
    feedback.execute(PutPost(workspace=W, post="p", board="bugs", title="Other"))
    feedback.execute(ClosePost(workspace=W, post="q", reason="done"))
    return key.text


def test_it_knows_what_was_admitted_before_and_after_it_was_made(feedback: Feedback) -> None:
    early = Directory(feedback.ledger)
    text = fill(feedback)
    for directory in (early, Directory(feedback.ledger)):
        entry = directory.key_for(hash_key(text))
        assert entry is not None
        assert (entry.workspace, entry.role) == (W, "ingest")
        assert directory.post(W, "p") == PostEntry("bugs", "Other", None, 3)
        assert directory.post(W, "q") == PostEntry("ideas", "Title", "done", 2, "closed", takes_votes=False)
        assert not directory.post(W, "q").takes_votes  # type: ignore[union-attr]
        assert directory.post("other", "p") is None
        assert directory.board(W, "bugs") == BoardEntry("bugs", "Bugs", 1)
        assert list(directory.boards(W)) == ["ideas", "bugs"]
        assert directory.boards("other") == {}
    feedback.execute(ReopenPost(workspace=W, post="q", reason="again"))
    assert early.post(W, "q") == PostEntry("ideas", "Title", None, 3)


def test_a_revoked_key_opens_nothing(feedback: Feedback) -> None:
    directory = Directory(feedback.ledger)
    kept, _ = feedback.create_key(W, "admin")
    lost, _ = feedback.create_key(W, "read")
    feedback.execute(RevokeKey(workspace=W, key=lost.key))
    assert directory.key_for(lost.hash) is None
    assert directory.key_for(kept.hash) == KeyEntry(W, "admin", kept.key)
    assert Directory(feedback.ledger).key_for(lost.hash) is None


async def test_it_catches_up_with_other_processes(feedback: Feedback, open_feedback: OpenFeedback) -> None:
    directory = Directory(open_feedback().ledger)
    for post in range(20):
        feedback.execute(PutBoard(workspace=W, board="ideas", name="Ideas"))
        await feedback.execute_async(PutPost(workspace=W, post=f"p{post}", board="ideas", title="T"))
        await directory.catch_up()
        assert directory.post(W, f"p{post}") is not None


def test_a_key_has_the_form_that_it_should_and_shows_its_secret_once() -> None:
    key = generate_key()
    assert read_key(key.text) == key
    assert key.text.startswith(f"gsk_{key.key}_")
    assert key.text not in repr(key)
    assert len({generate_key().text for _ in range(100)}) == 100
    for text in (
        "",
        "gsk_",
        "gsk_a_short",
        key.text + "\n",
        "sk" + key.text,
        key.text.replace("gsk", "gsx"),
        "gsk_é_" + "x" * 43,
    ):
        assert read_key(text) is None
