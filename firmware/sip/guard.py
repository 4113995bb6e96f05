"""What the guard is told: numbers of the site file, scanners' names, trunks' addresses, networks that are heard.

Data only, in the units of the site file; the checks themselves are C (native/), the way there is hook.py.
"""

from dataclasses import dataclass

from firmware.sip.native import Limits as NativeLimits
from firmware.telephony.site.system import Limits

FAILURES_WITHIN_S = 600  # security.md 3.7
BANS_S = (3600, 4 * 3600, 24 * 3600)  # first, second, further; security.md 3.7
DELAY_S = 60  # how long an exempt source waits for an account that it keeps failing for
NONCE_S = 300  # security.md 3.2
CRYPTO_LINES_MAX = 64  # security.md 3.0
XML_DEPTH_MAX = 16  # no body that a telephone sends is deeper

# Networks that are not the internet: RFC 1918, 3927, 4193, 4291, 6598 and the machine itself.
LOCAL_NETWORKS = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip

# Parts of the User-Agent of programs that look for open exchanges; none of them is a telephone.
SCANNERS = (
    "friendly-scanner", "friendly-request", "sipvicious", "svmap", "svwar", "svcrack", "sipcli", "sipsak", "sip-scan",
    "sundayddr", "vaxsipuseragent", "vaxasip", "sivus", "pplsip", "siparmyknife", "voip-scan", "nmap", "zgrab",
    "masscan",
)  # fmt: skip

# Parts of the User-Agent of what gives up when it sees a challenge other than MD5, against RFC 8760 2.4. Seen to do so:
# SIPp 3.7, baresip 1.0.
MD5_ONLY = ("sipp", "baresip v0.", "baresip v1.")

TRANSPORTS = {"udp": 1, "tcp": 2, "tls": 4}  # enum fx_transport


@dataclass(frozen=True, slots=True)
class TrunkSource:
    """Where a trunk's messages come from. Address and transport make them the trunk's; a port of 0 means any."""

    name: str
    addresses: tuple[str, ...]
    transports: tuple[str, ...] = ("udp",)
    port: int = 0
    rate_per_s: int = 1000


@dataclass(frozen=True, slots=True)
class Ban:
    """One banned address (or, for IPv6, /64). `level` counts its bans so far."""

    ip: str
    seconds: int
    level: int


def mask(transports: tuple[str, ...]) -> int:
    """The transports as bits. Raises KeyError for one that does not exist."""
    return sum({TRANSPORTS[name] for name in transports})


def native_limits(limits: Limits) -> NativeLimits:
    """The site file's numbers and the fixed ones, as C takes them."""
    sip = limits.sip
    return NativeLimits(
        unknown_rate=sip.unknown_per_s, unknown_burst=sip.unknown_burst, unknown_total=sip.all_unknown_per_s,
        bound_rate=sip.known_per_s, bound_burst=sip.known_burst,
        size_unknown=sip.max_bytes, size_known=sip.max_bytes_known,
        headers=sip.max_headers, vias=sip.max_via, crypto_lines=CRYPTO_LINES_MAX, xml_depth=XML_DEPTH_MAX,
        nonce_s=NONCE_S, sources=sip.sources,
        failures=sip.ban_failures, failures_s=FAILURES_WITHIN_S, ban_s=BANS_S, delay_s=DELAY_S,
    )  # fmt: skip
