"""Which changes of a site a running box cannot follow: they count after its next start. Pure."""

from firmware.telephony.site.export import differences
from firmware.telephony.site.root import Site

REMARKS = {
    "site.country": "tones, ringing and lines; all else of it counts at once",
    "sip.udp": "",
    "sip.tcp": "",
    "sip.rtp_ports": "",
}
"""Sockets are open and chips are set up for a country once, at the start."""
PLACES = ("sip.udp", "sip.tcp")


def next_start(at_start: Site, now: Site, *, fixed_sip: bool) -> list[str]:
    """A line for each such setting that differs from what the box started with.

    `fixed_sip`: the command line says where SIP listens.
    """
    changed = differences(Site(site=at_start.site, sip=at_start.sip), Site(site=now.site, sip=now.sip))
    lines = []
    for line in changed:
        key = line.partition(":")[0]
        if key in REMARKS:
            remark = "not while --sip is given" if fixed_sip and key in PLACES else REMARKS[key]
            lines.append(f"{line} ({remark})" if remark else line)
    return lines
