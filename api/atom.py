"""A feed as an Atom document (RFC 4287). Texts are data: everything is escaped, and nothing is taken for markup."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

MEDIA_TYPE = "application/atom+xml"

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """One entry; times are RFC 3339, `categories` are words of ours."""

    id: str
    title: str
    content: str
    published: str
    updated: str
    categories: Sequence[str] = ()


class Feed(NamedTuple):
    """A feed: `url` is where it is, `next_url` where it goes on, `updated` when anything in it last changed."""

    id: str
    title: str
    author: str
    url: str
    next_url: str | None
    updated: str
    entries: Sequence[Entry]


def atom(feed: Feed) -> bytes:
    """The document."""
    root = Element("feed", {"xmlns": _NAMESPACE})
    _texts(root, id=feed.id, title=feed.title, updated=feed.updated)
    _texts(SubElement(root, "author"), name=feed.author)
    SubElement(root, "link", {"rel": "self", "type": MEDIA_TYPE, "href": _xml(feed.url)})
    if feed.next_url is not None:
        SubElement(root, "link", {"rel": "next", "type": MEDIA_TYPE, "href": _xml(feed.next_url)})
    for entry in feed.entries:
        element = SubElement(root, "entry")
        _texts(element, id=entry.id, title=entry.title, published=entry.published, updated=entry.updated)
        for category in entry.categories:
            SubElement(element, "category", {"term": _xml(category)})
        _texts(element, content=entry.content)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = _xml(text)


def _xml(text: str) -> str:
    """The text without what XML has no way to write."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
