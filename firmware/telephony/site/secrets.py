"""Digests of SIP passwords: what the box keeps instead of them (security.md 3.2).

Not responsible for challenging or checking a device (`firmware.sip`).
"""

import hashlib

import msgspec

from firmware.telephony.site.extension import Extension, Ha1
from firmware.telephony.site.root import Site


def ha1(user: str, realm: str, secret: str) -> Ha1:
    """HA1 of RFC 7616 section 3.4.2 for both algorithms, in hexadecimal."""
    text = f"{user}:{realm}:{secret}".encode()
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()  # the protocol's choice, RFC 7616
    return Ha1(md5=md5, sha256=hashlib.sha256(text).hexdigest())


def without_secrets(site: Site, realm: str) -> Site:
    """The same site with every register password replaced by its digests for `realm`."""
    sip = msgspec.structs.replace(site.sip, realm=realm)
    extensions = tuple(_digested(extension, realm) for extension in site.extensions)
    return msgspec.structs.replace(site, sip=sip, extensions=extensions)


def _digested(extension: Extension, realm: str) -> Extension:
    if extension.sip is None or extension.sip.secret is None:
        return extension
    digests = ha1(extension.number, realm, extension.sip.secret)
    sip = msgspec.structs.replace(extension.sip, secret=None, ha1=digests)
    return msgspec.structs.replace(extension, sip=sip)
