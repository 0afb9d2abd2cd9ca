"""Which addresses a webhook may reach: those of the public internet, and nothing beside or behind us.

The check is made on the very address that a socket is about to connect to, so it does not matter what a name resolved
to a moment before, nor in which of its many forms an address was written.
"""

import ipaddress
import socket
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""IPv6 addresses whose last four bytes are an IPv4 address that is reached by them."""


class AddressRefused(OSError):  # noqa: N818 - what happened
    """A webhook's name stands for an address that it may not reach."""


class Gate:
    """Makes the sockets by which webhooks connect."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private

    def socket(self, info: AddressInfo) -> socket.socket:
        """A socket for this address.

        Raises:
            AddressRefused: if nothing may connect to it.
        """
        family, kind, protocol, _, place = info
        if not self._allow_private and not is_public(str(place[0])):
            raise AddressRefused("the receiver has no public address")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made


def is_public(text: str) -> bool:
    """Whether this address, and every one that hides in it, is reached by the public internet alone."""
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in _hidden_in(address))


def _hidden_in(address: Address) -> list[Address]:
    """The address, or the one that it carries packets to."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    found: list[Address] = [address]
    if address.sixtofour is not None:
        found.append(address.sixtofour)
    if address.teredo is not None:
        found.extend(address.teredo)
    if any(address in network for network in _TRANSLATED):
        found = [ipaddress.IPv4Address(address.packed[-4:])]
    return found
