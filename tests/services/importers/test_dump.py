"""Reading Stack Exchange dumps."""

import gzip
import shutil
from pathlib import Path

import pytest

from services.importers.dump import Dump, DumpPost, DumpVote
from services.importers.errors import ImportRefused
from services.importers.html_text import plain_text
from services.importers.progress import Unwatched

SMALL = Path(__file__).parent / "small.example.com"
BOMB = '<?xml version="1.0"?><!DOCTYPE v [<!ENTITY a "aaaa">]><votes><row Id="1" PostId="&a;"/></votes>'


def dump(folder: Path) -> Dump:
    return Dump(folder, Unwatched())


def with_votes(folder: Path, text: str) -> Dump:
    (folder / "Votes.xml").write_text(text)
    return dump(folder)


def test_reads_votes_and_the_posts_that_they_name() -> None:
    small = dump(SMALL)
    votes = list(small.votes())
    assert [(vote.row, vote.post, vote.value) for vote in votes] == [
        (1, 1, 1), (2, 1, 1), (3, 2, 1), (5, 3, -1), (7, 1, -1), (8, 9, 1), (9, 2, 1), (11, 9, 1), (12, 9, 1),
    ]  # fmt: skip
    assert votes[4] == DumpVote(7, 1, -1, "2020-02-29T00:00:00.000Z")
    seen = small.first_seen()
    assert sorted(seen) == [1, 2, 3, 9, 10]
    assert list(small.posts(seen))[-1] == DumpPost(10, "Post 10", "", "2020-02-01T00:00:00.000Z")
    assert small.site == "small.example.com"


def test_keeps_the_first_duplicate_of_a_post() -> None:
    links = dump(SMALL).duplicates()
    assert {link.post: link.duplicate_of for link in links.values()} == {3: 1, 9: 404, 10: 1}


def test_a_gzipped_dump_is_the_same(tmp_path: Path) -> None:
    for name in ("Votes", "PostLinks"):
        (tmp_path / f"{name}.xml.gz").write_bytes(gzip.compress((SMALL / f"{name}.xml").read_bytes()))
    assert list(dump(tmp_path).votes()) == list(dump(SMALL).votes())
    assert dump(tmp_path).duplicates() == dump(SMALL).duplicates()


def test_titles_and_texts_come_from_posts_xml(tmp_path: Path) -> None:
    shutil.copy(SMALL / "Votes.xml", tmp_path)
    (tmp_path / "Posts.xml").write_text(
        '<posts><row Id="1" PostTypeId="1" CreationDate="2019-12-31T23:00:00.5" Title="How &lt;b&gt;?" '
        'Body="&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;/p&gt;" />'
        '<row Id="2" PostTypeId="2" ParentId="1" CreationDate="2020-01-01T01:00:00.000" Body="" />'
        '<row Id="77" PostTypeId="5" CreationDate="2020-01-01T01:00:00.000" Body="a tag\'s wiki" /></posts>'
    )
    posts = {post.post: post for post in dump(tmp_path).posts(dump(tmp_path).first_seen())}
    assert sorted(posts) == [1, 2, 3, 9, 10]
    assert posts[1] == DumpPost(1, "How <b>?", "One & two\nThree", "2019-12-31T23:00:00.500Z")
    assert posts[2].title == "Post 2"


def test_the_site_is_a_name_that_a_board_may_have(tmp_path: Path) -> None:
    folder = tmp_path / "-my dump (2026)é"
    folder.mkdir()
    assert with_votes(folder, "<votes/>").site == "my-dump-2026-"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "document type"),
        ("<votes><row Id='1'", "can't be read"),
        ("no xml", "can't be read"),
        ('<votes><row Id="1" VoteTypeId="2" CreationDate="2020-01-01"/></votes>', "has no PostId"),
        ('<votes><row Id="1" PostId="x" VoteTypeId="2" CreationDate="2020-01-01"/></votes>', "is no number"),
        ('<votes><row Id="1" PostId="1" VoteTypeId="2" CreationDate="soon"/></votes>', "is no date"),
    ],
)
def test_refuses_what_is_no_dump_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    broken = with_votes(tmp_path, text)
    with pytest.raises(ImportRefused, match=reason) as refused:
        broken.first_seen()
    assert "\n" not in str(refused.value)
    assert "Votes.xml" in str(refused.value)


def test_refuses_a_file_that_is_cut_off(tmp_path: Path) -> None:
    (tmp_path / "Votes.xml.gz").write_bytes(gzip.compress((SMALL / "Votes.xml").read_bytes())[:-30])
    with pytest.raises(ImportRefused, match="can't be read"):
        list(dump(tmp_path).votes())


def test_refuses_a_folder_without_votes(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="holds no Votes"):
        dump(tmp_path)


def test_html_becomes_text() -> None:
    assert plain_text("<p>a <b>b</b>\n c</p><ul><li>d<li>e</ul>&lt;f&gt;", most=100) == "a b c\nd\ne<f>"
    assert plain_text("<p>" + "x" * 50, most=10) == "x" * 10
    assert plain_text("<p>a\x07b\x85c</p>d\x1f\te", most=100) == "ab\ncd e"  # what no post may hold
