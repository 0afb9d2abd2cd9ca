"""How a post comes from one status to another: by the rules of its workspace, or closed and reopened."""

from collections.abc import Sequence

from events.domain.bounds import REASON_CHARACTERS, check_text
from events.domain.post import Post
from events.domain.posts.events import PostStatusChanged
from events.domain.refusals import Conflict, Invalid
from events.domain.vocabulary import PostClosed, PostEvent, PostReopened
from events.domain.workflow.rules import Rules


def change_status(
    post: Post, rules: Rules, status: str, *, note: str = "", reason: str = "", by_rules: bool = True, at: str
) -> Sequence[PostEvent]:
    """Have a post this status. The one that it has is no event, unless there is a note to go with it.

    `note` is for everybody, `reason` for those who decide. Without `by_rules` any status may follow any other.

    Raises:
        Invalid: if there is no such status.
        Conflict: if it may not follow the present one.
    """
    check_text("note", note, most=REASON_CHARACTERS)
    check_text("reason", reason, most=REASON_CHARACTERS)
    target = rules.by_id.get(status)
    if target is None:
        raise Invalid("status", f"there is no status {status!r}; there are {', '.join(rules.by_id)}")
    if (post.status, post.kind) == (status, target.kind):
        if not note:
            return ()
    elif by_rules:
        check_transition(post, rules, status)
    return (PostStatusChanged(post=post.post, status=status, kind=target.kind, note=note, reason=reason, at=at),)


def close(post: Post, rules: Rules, *, reason: str, by_rules: bool = True, at: str) -> Sequence[PostEvent]:
    """Have a post the status that its workspace closes posts with. Closing it again for the same reason is no event.

    Raises:
        Conflict: if the workspace closes no posts, or not from the present status.
    """
    check_text("reason", reason, most=REASON_CHARACTERS)
    if rules.closing is None:
        raise Conflict("status", "no status of the workflow is its closing one: name one, or set a status")
    closing = rules.by_id[rules.closing]
    if post.closed == reason and post.status == closing.id:
        return ()
    if by_rules and post.status != closing.id:
        check_transition(post, rules, closing.id)
    return (PostClosed(post=post.post, reason=reason, status=closing.id, kind=closing.kind, at=at),)


def reopen(post: Post, rules: Rules, *, reason: str, at: str) -> Sequence[PostEvent]:
    """Have a post that came to its end the status that it had before, or the first one. Any other is no event."""
    check_text("reason", reason, most=REASON_CHARACTERS)
    if post.before is None:
        return ()
    back = rules.by_id.get(post.before) or rules.by_id[rules.initial]
    return (PostReopened(post=post.post, reason=reason, status=back.id, kind=back.kind, at=at),)


def check_transition(post: Post, rules: Rules, status: str) -> None:
    """Refuse a status that may not follow the present one.

    Raises:
        Conflict: naming those that may.
    """
    allowed = rules.may_follow(post.status)
    if status not in allowed:
        names = ", ".join(allowed) or "none"
        raise Conflict("status", f"{status!r} can't follow {post.status!r}; what can: {names}")
