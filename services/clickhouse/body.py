"""A request's body, decompressed as it comes."""

from services.clickhouse.blocks import BlockDecoder
from services.clickhouse.compression import Decoder, decoder
from services.clickhouse.exchange import Exchange
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.request import Request


class Body:
    """Plain bytes, a piece at a time, whatever compression they came in."""

    def __init__(self, exchange: Exchange, request: Request) -> None:
        """Choose the decoders.

        Raises:
            ClickHouseError: an unknown Content-Encoding.
        """
        self._exchange = exchange
        self._decoders: list[Decoder] = [decoder(request.content_encoding)]
        if request.decompress:
            self._decoders.append(BlockDecoder())
        self.done = exchange.without_body

    async def piece(self) -> bytes:
        """The next piece, not empty; nothing at the end.

        Raises:
            ClickHouseError: it cannot be decompressed, or is cut off.
            DisconnectedError: the client went away in the middle.
        """
        while not self.done:
            piece = await self._exchange.piece()
            if not piece:
                self._finish()
                return b""
            for each in self._decoders:
                piece = each.feed(piece)
            if piece:
                return piece
        return b""

    async def read_onto(self, text: bytes, enough: int) -> bytes:
        """Append pieces to a text until it is long enough or the body ends."""
        pieces, size = [text], len(text)
        while size < enough and (piece := await self.piece()):
            pieces.append(piece)
            size += len(piece)
        return b"".join(pieces)

    async def read_whole_onto(self, text: bytes, most: int) -> bytes:
        """Append all of the body to a text.

        Raises:
            ClickHouseError: it becomes longer than a statement may be.
        """
        text = await self.read_onto(text, most + 1)
        if len(text) > most:
            raise ClickHouseError(
                161, "QUERY_IS_TOO_LARGE", f"The body is longer than {most} bytes and no INSERT's rows"
            )
        return text

    def _finish(self) -> None:
        self.done = True
        for each in self._decoders:
            each.finish()
