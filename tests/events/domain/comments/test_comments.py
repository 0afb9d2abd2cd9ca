"""What can be decided about comments, and what is refused."""

import msgspec
import pytest

from events.domain.commands import Command
from events.domain.comments.answer import Answer
from events.domain.comments.commands import DeleteComment, EditComment, GiveAnswer, WithdrawAnswer
from events.domain.comments.comment import MOST_REVISIONS, Comment
from events.domain.comments.text import COMMENT_CHARACTERS, MOST_MENTIONS, mentions_in
from events.domain.post import Post
from events.domain.refusals import Conflict, Invalid, NotFound, Refusal
from events.domain.vocabulary import PostClosed
from tests.support.comments import AT, House, write

LATER = "2026-01-03T03:04:05.678Z"


@pytest.fixture
def house() -> House:
    return House()


def test_threads_are_two_deep_and_name_whom_a_reply_is_to(house: House) -> None:
    house.write("a")
    house.write("b", parent="a")
    reply = house.write("c", parent="b")
    assert (house.find(Comment, "a").thread, reply.thread, reply.parent) == ("a", "a", "b")  # type: ignore[union-attr]


def test_a_comment_is_edited_and_deleted(house: House) -> None:
    house.write(body="Please @ben")
    edited = house.do(EditComment(workspace="acme", comment="c", body="Please @cem"), LATER).aggregate
    assert (edited.body, edited.mentions, edited.version, edited.edited_at) == ("Please @cem", ("cem",), 2, LATER)
    assert not house.do(EditComment(workspace="acme", comment="c", body="Please @cem")).events
    gone = house.do(DeleteComment(workspace="acme", comment="c", reason="spam")).aggregate
    assert (gone.deleted, gone.body, gone.mentions, gone.author) == (True, "", (), "ann")
    assert not house.do(DeleteComment(workspace="acme", comment="c")).events
    with pytest.raises(Conflict, match="was deleted"):
        house.do(EditComment(workspace="acme", comment="c", body="Back"))


def test_the_same_comment_again_is_the_same(house: House) -> None:
    house.write()
    assert not house.do(write()).events
    with pytest.raises(Conflict, match="another comment"):
        house.do(write(body="Else"))


def test_edits_are_bounded(house: House) -> None:
    comment = msgspec.structs.replace(house.write(), version=MOST_REVISIONS)
    with pytest.raises(Conflict, match=f"edited {MOST_REVISIONS - 1} times"):
        comment.edit(body="Once more", reason="", at=AT)
    assert comment.delete(reason="", at=AT)


@pytest.mark.parametrize(
    ("fields", "kind", "field"),
    [
        ({"post": "nowhere"}, NotFound, "post"),
        ({"parent": "nothing"}, NotFound, "parent"),
        ({"parent": "there", "post": "export"}, Invalid, "parent"),
        ({"parent": "gone"}, Conflict, "parent"),
        ({"parent": "note"}, Invalid, "internal"),
        ({"author": "ann@example.com"}, Invalid, "author"),
        ({"comment": "no spaces"}, Invalid, "id"),
        ({"body": " \n"}, Invalid, "body"),
        ({"body": "x" * (COMMENT_CHARACTERS + 1)}, Invalid, "body"),
        ({"body": "a\x1b[31m"}, Invalid, "body"),
        ({"body": "a\x00"}, Invalid, "body"),
        ({"body": "\ud800"}, Invalid, "body"),
        ({"body": " ".join(f"@p{number}" for number in range(MOST_MENTIONS + 1))}, Invalid, "body"),
    ],
)
def test_what_no_comment_can_be(house: House, fields: dict[str, str], kind: type[Refusal], field: str) -> None:
    house.write("there")
    house.write("gone")
    house.do(DeleteComment(workspace="acme", comment="gone"))
    house.write("note", internal=True)
    with pytest.raises(kind) as refused:
        house.do(write(**fields))
    assert getattr(refused.value, "field", getattr(refused.value, "kind", "")) == field


def test_html_new_lines_and_tabs_are_text(house: House) -> None:
    body = "<script>alert(1)</script>\n\tIndented & 'quoted'"
    assert house.write(body=body).body == body


def test_a_reply_to_a_public_comment_may_be_internal(house: House) -> None:
    house.write("a")
    assert house.write("b", parent="a", internal=True).internal


def test_a_deleted_post_takes_no_comments_and_a_closed_one_does(house: House) -> None:
    post = house.find(Post, "dark-mode")
    assert post is not None
    house.put(msgspec.structs.replace(post, deleted=True))
    with pytest.raises(NotFound, match="dark-mode"):
        house.write()
    house.put(post.evolve(PostClosed(post="dark-mode", reason="no", at=AT)))
    assert house.write().version == 1


@pytest.mark.parametrize(
    ("body", "mentioned"),
    [
        ("Thanks @ann, @ben. And @ann!", ("ann", "ben")),
        ("(@u~1:x) @P-1042's", ("u~1:x", "P-1042")),
        ("mail me@example.com or https://x.io/@ann", ()),
        ("@ @- @@ann", ()),
        ("@" + "a" * 65, ()),
        ("@" + "a" * 64, ("a" * 64,)),
        ("to @ann... @ben--", ("ann", "ben")),
    ],
)
def test_mentions(body: str, mentioned: tuple[str, ...]) -> None:
    assert mentions_in("body", body) == mentioned


def answer(kind: type[GiveAnswer | WithdrawAnswer], comment: str, post: str = "dark-mode") -> Command[Answer]:
    return kind(workspace="acme", post=post, comment=comment)


def test_one_comment_answers_a_post(house: House) -> None:
    house.write("a")
    house.write("b")
    assert house.do(answer(GiveAnswer, "a")).created
    assert not house.do(answer(GiveAnswer, "a")).events
    assert house.do(answer(GiveAnswer, "b")).aggregate.comment == "b"
    assert not house.do(answer(WithdrawAnswer, "a")).events
    assert house.do(answer(WithdrawAnswer, "b")).aggregate.comment is None


def test_what_can_answer_nothing(house: House) -> None:
    house.write("note", internal=True)
    house.write("gone")
    house.do(DeleteComment(workspace="acme", comment="gone"))
    for comment, why in (("note", "internal note"), ("gone", "was deleted")):
        with pytest.raises(Conflict, match=why):
            house.do(answer(GiveAnswer, comment))
    with pytest.raises(NotFound):
        house.do(answer(WithdrawAnswer, "gone"))
    house.write("a")
    with pytest.raises(Conflict, match="another post"):
        house.do(answer(GiveAnswer, "a", "export"))
