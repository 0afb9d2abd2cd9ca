"""A CloudEvent whose data is left as it came: for whoever carries events on without reading them."""

from typing import Literal

import msgspec


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The attributes that every event of ours has; `data` is its JSON, byte for byte."""

    specversion: Literal["1.0"] = "1.0"
    type: str
    id: str
    source: str
    subject: str = ""
    time: str
    data: msgspec.Raw


ENVELOPE_DECODER: msgspec.json.Decoder[Envelope] = msgspec.json.Decoder(Envelope)
