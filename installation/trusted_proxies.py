"""Proxies that are trusted to say who visits, and the visitor's address that they pass on."""

from collections.abc import Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@cache
def read_networks(text: str) -> tuple[Network, ...]:
    """Return addresses and networks with commas between, as `10.0.0.5, 192.168.0.0/16`.

    Raises:
        ValueError: one of them is no address and no network, or is every address there is.
    """
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> Network:
    try:
        found = ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not an address or a network; write it as 10.0.0.5 or 10.0.0.0/24"
        ) from None
    if not found.prefixlen:
        raise ValueError(f"{text!r} trusts everybody; name the addresses of your proxies")
    return found


def visitor_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the address of a visitor.

    What stands in a header is read from the right for as long as a trusted proxy wrote it. The first address that is
    not a trusted proxy's is the visitor's: what stands left of it, the visitor may have written.

    Args:
        peer: who connected to us.
        forwarded: the values of `X-Forwarded-For`, in the order they came.
        trusted: the proxies.
    """
    last, address = peer, _address(peer)
    for part in reversed(",".join(forwarded).split(",")):
        if address is None or not _is_among(address, trusted):
            break
        if (named := _address(part)) is None:  # a proxy that names nobody stands for its visitors
            break
        last, address = str(named), named
    return last


def _address(text: str) -> Address | None:
    """Return an address, which a proxy may have written with a port."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
