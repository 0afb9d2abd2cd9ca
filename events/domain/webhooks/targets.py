"""Where a webhook may send to, as far as its address says. What the name resolves to is for the sender to check."""

from urllib.parse import SplitResult, urlsplit

from events.domain.refusals import Invalid

URL_CHARACTERS = 2000


def check_url(url: str) -> SplitResult:
    """An address that something can be posted to: http or https, a host, and no password that would be kept."""
    if len(url) > URL_CHARACTERS:
        raise Invalid("url", f"may have {URL_CHARACTERS} characters at most; it has {len(url)}")
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Invalid("url", "must be printable ASCII without spaces and backslashes: percent-encode the rest")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Invalid("url", f"is no URL: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid("url", "must be like https://example.com/feedback")
    if parts.username is not None or parts.password is not None:
        raise Invalid("url", "must not carry a user or password: who calls is told by the signature")
    if parts.fragment:
        raise Invalid("url", "must not have a fragment (#...)")
    return parts


def check_scheme(url: str, *, allow_private: bool) -> None:
    """The same, and https, unless private addresses are allowed."""
    if check_url(url).scheme != "https" and not allow_private:
        raise Invalid("url", "must begin with https://")
