"""Which generations a projector follows, and which it refuses."""

import msgspec

from projections.generations import Generation, State
from projections.posts import PostsProjection
from projections.votes import VotesProjection
from services.projector.following import plan
from services.projector.group import codes_in, group_name

VOTES, POSTS = VotesProjection(), PostsProjection()


OTHER = VOTES.code + 1
"""Code that is not this one."""


def generation(number: int, state: str, *, code: int = VOTES.code) -> Generation:
    return Generation(
        projection="votes", generation=number, state=State(state), code=code, tables=(), views={}, started_at=1
    )


def followed(*generations: Generation) -> list[tuple[str, int]]:
    return [(each.projection, each.generation) for _, each in plan([VOTES, POSTS], generations).generations]


def test_what_has_caught_up_is_followed_until_it_is_dropped():
    assert followed(
        generation(1, "dropped"), generation(2, "retired"), generation(3, "live"), generation(4, "verified"),
        generation(5, "ready"), generation(6, "building"),
    ) == [("votes", 2), ("votes", 3), ("votes", 4), ("votes", 5)]  # fmt: skip


def test_what_other_code_built_is_left_alone_and_refused_where_it_is_live():
    posts = msgspec.structs.replace(generation(1, "live", code=POSTS.code), projection="posts")
    found = plan([VOTES, POSTS], [generation(1, "live", code=OTHER), generation(2, "ready"), posts])
    assert [(each.projection, each.generation) for _, each in found.generations] == [("votes", 2), ("posts", 1)]
    assert list(found.refused) == ["votes"]
    assert f"built by code {OTHER}, and this is code {VOTES.code}" in found.refused["votes"]
    assert "groundswell projections rebuild votes" in found.refused["votes"]


def test_a_retired_one_of_other_code_is_no_reason_to_refuse():
    found = plan([VOTES], [generation(1, "retired", code=OTHER), generation(2, "live")])
    assert found.refused == {}
    assert [each.generation for _, each in found.generations] == [2]


def test_the_group_tells_the_codes():
    group = group_name("acme", [VOTES, POSTS])
    assert codes_in(group, "acme") == {f"votes{VOTES.code}", f"posts{POSTS.code}"}
    assert codes_in(group, "other") == set()
    assert codes_in("acme.projector", "acme") == set()
