"""What SIP takes from the site file: addresses, codecs, accounts. Nothing is opened here."""

from firmware.net.addresses import KernelAddresses
from firmware.sip.digest import Account
from firmware.sip.endpoint import Listen, SipSettings
from firmware.sip.register import Rules
from firmware.telephony.site import Site

CODECS = {"pcma": "PCMA", "pcmu": "PCMU", "g722": "G722", "opus": "opus"}


def listen_at(site: Site, override: str | None) -> tuple[Listen, ...]:
    """Where SIP is spoken: the command line's address on both transports, or those of the site."""
    if override is not None:
        host, _, port = override.rpartition(":")
        return tuple(Listen(transport, host.strip("[]"), int(port)) for transport in ("udp", "tcp"))
    places = (("udp", place) for place in site.sip.udp), (("tcp", place) for place in site.sip.tcp)
    found = []
    for transport, place in (pair for pairs in places for pair in pairs):
        host, _, port = place.rpartition(":")
        found.append(Listen(transport, host.strip("[]"), int(port)))
    return tuple(found)


def sip_settings(site: Site, override: str | None) -> SipSettings:
    listen = listen_at(site, override)
    first, _, last = site.sip.rtp_ports.partition("-")
    own = [str(ip) for ip in KernelAddresses().lan() if ip.version == 4]
    host = next((place.host for place in listen if place.host not in ("", "0.0.0.0", "::")), "")  # noqa: S104
    return SipSettings(listen, host or (own[0] if own else "localhost"), (int(first), int(last)), codecs(site))


def codecs(site: Site) -> tuple[str, ...]:
    """As pjsip calls them."""
    return tuple(CODECS[name] for name in site.sip.codecs)


def rules(site: Site) -> Rules:
    """For registering."""
    return Rules(site.sip.min_expires_s, site.sip.max_expires_s, site.sip.default_expires_s)


def accounts(site: Site) -> list[Account]:
    """Everyone who may log in by SIP."""
    return [
        Account(one.number, one.sip.ha1.md5, one.sip.ha1.sha256, True, one.sip.transport, one.sip.permitted,
                one.sip.max_registrations)
        for one in site.extensions
        if one.sip is not None and one.sip.ha1 is not None
    ]  # fmt: skip
