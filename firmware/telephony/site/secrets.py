"""Secrets of a site: digests in place of SIP passwords (security.md 3.2), and keeping what a file does not give.

Not responsible for challenging or checking a device (`firmware.sip`).
"""

import hashlib
from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec.structs import replace

from firmware.telephony.site.about import Part
from firmware.telephony.site.describe import identity, section_of, settings
from firmware.telephony.site.extension import Extension, ExtensionSip, Ha1
from firmware.telephony.site.root import Site

_SomePart = TypeVar("_SomePart", bound=Part)


def ha1(user: str, realm: str, secret: str) -> Ha1:
    """HA1 of RFC 7616 section 3.4.2 for both algorithms, in hexadecimal."""
    text = f"{user}:{realm}:{secret}".encode()
    md5 = hashlib.md5(text, usedforsecurity=False).hexdigest()  # the protocol's choice, RFC 7616
    return Ha1(md5=md5, sha256=hashlib.sha256(text).hexdigest())


def without_passwords(site: Site, realm: str) -> Site:
    """The same site with `realm`, every register password replaced by its digests."""
    extensions = tuple(_digested(extension, realm) for extension in site.extensions)
    return replace(site, sip=replace(site.sip, realm=realm), extensions=extensions)


def _digested(extension: Extension, realm: str) -> Extension:
    if extension.sip is None or extension.sip.secret is None:
        return extension
    digests = ha1(extension.number, realm, extension.sip.secret)
    return replace(extension, sip=replace(extension.sip, secret=None, ha1=digests))


def taken_over(new: Site, old: Site) -> Site:
    """What the box stores when `new` takes the place of `old`: digests, and the realm of `old` unless `new` has one.

    Secrets of `old` stay where the same extension, trunk or room of `new` gives none, so a file that was exported
    without secrets can be imported again. Digests hold for one realm: with another realm they do not stay.
    """
    realm = new.sip.realm or old.sip.realm or ""
    same_realm = realm == old.sip.realm
    return without_passwords(_kept(new, old if same_realm else _without_digests(old)), realm)


def _without_digests(site: Site) -> Site:
    extensions = tuple(
        replace(one, sip=replace(one.sip, ha1=None)) if one.sip is not None else one for one in site.extensions
    )
    return replace(site, extensions=extensions)


def _kept(new: _SomePart, old: Part | None) -> _SomePart:
    if type(new) is not type(old):
        return new
    section = section_of(type(new))
    changes: dict[str, Any] = {}
    for setting in settings(section):
        value, before = getattr(new, setting.key), getattr(old, setting.key)
        if setting.secret:
            if value is None and before is not None:
                changes[setting.key] = before
        elif isinstance(value, Part):
            changes[setting.key] = _kept(value, before)
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            changes[setting.key] = _kept_each(value, before)
    if isinstance(new, ExtensionSip) and new.secret is not None:
        changes.pop("ha1", None)
    return replace(new, **changes)


def _kept_each(new: Iterable[Part], old: Iterable[Part]) -> tuple[Part, ...]:
    by_name = {identity(one): one for one in old}
    return tuple(_kept(one, by_name.get(identity(one))) for one in new)
