"""What is not for the public: one rule for every list, feed and webhook.

An event is *internal* when the top level of its data says `"internal": true`. Whoever shows events to a key that does
not see internal things (`KeyEntry.sees_internal`), or sends them anywhere, leaves those out.
"""

import msgspec

INTERNAL_SQL = "JSONExtractBool(data, 'internal')"
"""The rule in SQL, over the `data` of the view `events`."""


class _Marked(msgspec.Struct):
    internal: bool = False


_decode = msgspec.json.Decoder(_Marked).decode


def is_internal(data: bytes | str) -> bool:
    """Whether an event with these data (JSON) is internal. What can't be read is."""
    try:
        return _decode(data).internal
    except msgspec.MsgspecError:
        return True
