"""Where a request comes from, as far as its visitor can be told from others by it, and where programs send theirs."""

from __future__ import annotations

import ipaddress

from starlette.types import Scope

PROGRAMS, TOOLS = "/ans/api", "/gradio_api/mcp"  # paths of what programs ask, see ans/ui/api


def address_of(scope: Scope, proxies: int) -> str:
    """Where a request comes from: what the outermost of our own proxies has seen. A client may write what it likes
    before that."""
    if proxies:
        told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        seen = [one.strip() for one in b",".join(told).decode("latin-1").split(",") if one.strip()]
        if seen:
            return _network(seen[-min(proxies, len(seen))])
    return _network((scope.get("client") or ("unknown",))[0])


def _network(address: str) -> str:
    """One customer of the internet has a whole IPv6 network of 64 bits."""
    bare = address.partition("]")[0].removeprefix("[") if address.startswith("[") else address
    if bare.count(":") == 1:  # a proxy that writes the port, too
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare)
    except ValueError:
        return bare[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped is not None else str(ipaddress.ip_network(f"{found}/64", strict=False))
