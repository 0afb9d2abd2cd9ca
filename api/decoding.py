"""Decoding the bodies of the hot routes with msgspec, and saying which field of which item is not what it must be."""

import re
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import msgspec

from api import problems
from api.ballots import ItemError, Vote
from api.problems import Problem

MAX_VOTES = 10_000
"""The most votes in one batch."""

T = TypeVar("T")


class BatchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At most 10,000 votes; `value` 0 withdraws."""

    votes: list[Vote]


class _RawVotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    votes: list[msgspec.Raw]


class Decoded(NamedTuple):
    """Votes with their places in the batch, how many items there were, and what is wrong with the rest of them."""

    votes: Sequence[tuple[int, Vote]]
    total: int
    errors: Sequence[ItemError]


_decode_batch = msgspec.json.Decoder(BatchBody).decode
_decode_raw_batch = msgspec.json.Decoder(_RawVotes).decode
_vote_decoder = msgspec.json.Decoder(Vote)
_MEANT = {"value": "must be 1 or -1, or 0 in a batch to withdraw", "importance": "must be 1, 2 or 3"}
_PATH = re.compile(r" - at `\$\.?([^`]*)`\Z")
_FIELD = re.compile(r"(?:unknown|required) field `([^`]*)`")


def decode_body(body: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """A whole body; an empty one is `{}`.

    Raises:
        Problem: 400 if it is not JSON, 422 if a field is not what it must be.
    """
    try:
        return decoder.decode(body or b"{}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _problem(error) from error


def decode_batch(body: bytes) -> Decoded:
    """The votes of a JSON batch: all at once, one by one only where that fails.

    Raises:
        Problem: 400 or 422 if it is no batch as a whole, or too long a one.
    """
    try:
        votes = _decode_batch(body).votes
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            raw = _decode_raw_batch(body).votes
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise _problem(error) from error
        return _singly([bytes(item) for item in raw])
    _check_count(len(votes))
    return Decoded(list(enumerate(votes)), len(votes), ())


def decode_lines(body: bytes) -> Decoded:
    """The votes of an NDJSON batch, one a line; blank lines do not count.

    Raises:
        Problem: 400 if it is too long.
    """
    lines = [line for line in body.split(b"\n") if line and not line.isspace()]
    _check_count(len(lines))
    try:
        votes = _vote_decoder.decode_lines(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _singly(lines)
    return Decoded(list(enumerate(votes)), len(votes), ()) if len(votes) == len(lines) else _singly(lines)


def _singly(items: Sequence[bytes]) -> Decoded:
    _check_count(len(items))
    votes: list[tuple[int, Vote]] = []
    errors: list[ItemError] = []
    for index, item in enumerate(items):
        try:
            votes.append((index, _vote_decoder.decode(item)))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            errors.append(ItemError(index, *_field_and_message(error)))
    return Decoded(votes, len(items), errors)


def _check_count(count: int) -> None:
    if count > MAX_VOTES:
        raise Problem.of_field(problems.MALFORMED, "votes", f"at most {MAX_VOTES} at once; these are {count}")


def _problem(error: Exception) -> Problem:
    if isinstance(error, msgspec.ValidationError):
        return Problem.of_field(problems.INVALID, *_field_and_message(error))
    return Problem.of_field(problems.MALFORMED, "body", f"not JSON: {_text(error)}")


def _field_and_message(error: Exception) -> tuple[str, str]:
    """Read off what msgspec says: `Expected ..., got ... - at `$.path``."""
    message = _text(error)
    path = _PATH.search(message)
    field = path[1] if path else ""
    named = _FIELD.search(message)
    if named:
        field = f"{field}.{named[1]}" if field else named[1]
    if message.startswith("Invalid enum value") and field in _MEANT:
        return field, _MEANT[field]
    return field or "body", _PATH.sub("", message)


def _text(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "the text is not UTF-8"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
