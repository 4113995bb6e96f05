"""Passwords, registrations and servers: what must be given together.

Not responsible for making digests: `firmware.telephony.site.secrets`.
"""

from collections.abc import Iterator

from firmware.telephony.site.problem import Place, Problem, warning
from firmware.telephony.site.root import Site
from firmware.telephony.site.trunk import SipTrunk


def problems(site: Site) -> Iterator[Problem]:
    """Passwords that are missing or given twice."""
    for index, extension in enumerate(site.extensions):
        if extension.voicemail is not None and extension.voicemail.pin == extension.number:
            yield Problem(
                ("extensions", index, "voicemail", "pin"), "is the extension's number (allowed: 4 to 12 other digits)"
            )
        sip = extension.sip
        if sip is None:
            if extension.port is None:
                yield warning(("extensions", index), "has neither port nor sip: nothing rings")
        elif sip.secret is not None and sip.ha1 is not None:
            yield Problem(("extensions", index, "sip"), "secret and ha1 cannot both be given")
        elif sip.ha1 is not None and site.sip.realm is None:
            yield Problem(("sip", "realm"), f"is missing: extensions[{index}].sip.ha1 was made for one")
        elif sip.secret is None and sip.ha1 is None:
            yield warning(
                ("extensions", index, "sip"), "no secret is given: unless the box has one, nothing can register"
            )
    yield from _mail(site)
    yield from _webhook(site)
    for index, trunk in enumerate(site.trunks):
        if isinstance(trunk, SipTrunk) and trunk.register and trunk.username is None:
            yield Problem(
                ("trunks", index, "username"), "is missing: the trunk is to register (or set register: false)"
            )


def _to_be_mailed(site: Site) -> tuple[tuple[Place, tuple[str, ...]], ...]:
    return (("emergency", "notify"), site.emergency.notify or ()), (("alarms", "email"), site.alarms.email)


def _webhook(site: Site) -> Iterator[Problem]:
    webhook = site.alarms.webhook
    if webhook.url is None:
        return
    if webhook.secret is None:
        yield warning(
            ("alarms", "webhook"), "no secret is given: unless the box has one, nobody can tell who sent its messages"
        )
    if webhook.url.startswith("http:"):
        yield warning(("alarms", "webhook", "url"), "is not https: its messages can be read by anyone on the way")


def _mail(site: Site) -> Iterator[Problem]:
    mail = site.mail
    if mail.host is not None and mail.sender is None and "@" not in (mail.user or ""):
        yield Problem(("mail", "sender"), "is missing: mails need an address that they come from")
    if mail.host is None:
        for place, addresses in _to_be_mailed(site):
            if any("@" in one for one in addresses):
                yield warning(place, "gets no mail: there is no mail server (mail.host)")
    if mail.user is not None and mail.tls == "none":
        yield warning(("mail", "tls"), "is none: the password of mail.user can be read by anyone on the way")
