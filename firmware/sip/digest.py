"""Accounts as the digest sees them: a name and HA1, never a password (RFC 7616 3.4.2, RFC 8760).

Not responsible for checking anything: that is C (native/auth.c).
"""

import hashlib
import re
from dataclasses import dataclass, field
from ipaddress import IPv6Network, ip_network

from firmware.sip.bindings import Source

HEX = {32: re.compile(r"[0-9a-f]{32}"), 64: re.compile(r"[0-9a-f]{64}")}
NAME_MAX_BYTES = 63  # FX_NAME_MAX


@dataclass(frozen=True, slots=True)
class Account:
    """One extension's log-in. Raises ValueError for what C would not take."""

    username: str
    ha1_md5: str  # 32 lower-case hexadecimal digits
    ha1_sha256: str  # 64 of them
    enabled: bool = True
    transports: tuple[str, ...] = ("udp", "tcp", "tls")
    permitted: tuple[str, ...] = ()  # networks that its devices may come from; none: any
    max_registrations: int = 5
    key: str = field(init=False)  # fingerprint of the password: another one has another

    def __post_init__(self) -> None:
        if not 0 < len(self.username.encode()) <= NAME_MAX_BYTES:
            raise ValueError(f"user name {self.username!r}: 1 to {NAME_MAX_BYTES} bytes are allowed")
        for name, text, digits in (("MD5", self.ha1_md5, 32), ("SHA-256", self.ha1_sha256, 64)):
            if not HEX[digits].fullmatch(text):
                raise ValueError(f"HA1 of {self.username!r} for {name}: {digits} lower-case hexadecimal digits needed")
        object.__setattr__(self, "key", hashlib.sha256(self.ha1_sha256.encode()).hexdigest()[:16])

    def admits(self, source: Source) -> bool:
        """Whether a device may be registered from there (as native/auth.c has it)."""
        if not self.enabled or source.transport not in self.transports:
            return False
        return not self.permitted or any(_network(source.ip).subnet_of(_network(one)) for one in self.permitted)


def _network(text: str) -> IPv6Network:
    """IPv4 within IPv6, as native/address.c has it (RFC 4291 2.5.5.2)."""
    found = ip_network(text, strict=False)
    if isinstance(found, IPv6Network):
        return found
    return IPv6Network(f"::ffff:{found.network_address}/{96 + found.prefixlen}")


def ha1(username: str, realm: str, secret: str) -> tuple[str, str]:
    """HA1 for MD5 and for SHA-256, in hexadecimal. It holds for this name in this realm only."""
    text = f"{username}:{realm}:{secret}".encode()
    return hashlib.md5(text, usedforsecurity=False).hexdigest(), hashlib.sha256(text).hexdigest()
