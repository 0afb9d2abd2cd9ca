"""The plain text of a piece of HTML: what a post of ours may say."""

from html.parser import HTMLParser

_LAID_OUT = (*range(0x09, 0x0E), 0x85)
_UNREAD = {code: " " if code in _LAID_OUT else None for code in (*range(0x20), *range(0x7F, 0xA0))}
_BLOCKS = {"p", "br", "li", "pre", "blockquote", "h1", "h2", "h3", "hr"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " ").replace("\r", " "))


def plain_text(html: str, *, most: int) -> str:
    """The text without its tags, one block a line, cut to `most` characters."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = map(one_line, "".join(parser.pieces).splitlines())
    return "\n".join(line for line in lines if line)[:most]


def one_line(text: str) -> str:
    """The text in one line, without what no post may hold."""
    return " ".join(text.translate(_UNREAD).split())
