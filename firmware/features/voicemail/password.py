"""The voicemail password: what makes a good one, a random one for mailboxes without (security.md 4), telling right from
wrong. Not responsible for asking for it: `login.py`, `options.py`.
"""

import hmac
import secrets
from collections.abc import Callable
from itertools import pairwise

from msgspec.structs import replace

from firmware.calls.feature import SettingsStore
from firmware.telephony.site import Extension, Site, Voicemail

SHORTEST, LONGEST = 4, 12
RANDOM_DIGITS = 6


def weak(password: str, extension: str) -> bool:
    """Whether anybody would try it first: too short or long, the extension, one digit again and again, a row."""
    if not (password.isdecimal() and password.isascii() and SHORTEST <= len(password) <= LONGEST):
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(password)}
    return password == extension or steps in ({0}, {1}, {9})


def right(given: str, mailbox: Voicemail | None) -> bool:
    """Takes as long for a mailbox that is not there."""
    wanted = mailbox.pin if mailbox is not None and mailbox.enabled and mailbox.pin else ""
    return hmac.compare_digest(given.encode(), wanted.encode()) and bool(wanted)


def give_passwords(settings: SettingsStore, given: Callable[[Site, Extension], None]) -> None:
    """A random password to each mailbox that has none; `given` is told. All in one change: a site may have hundreds."""
    changed = [
        replace(extension, voicemail=replace(extension.voicemail, pin=random_password(extension.number)))
        for extension in settings.site.extensions
        if extension.voicemail is not None and extension.voicemail.pin is None
    ]
    if changed:
        settings.change_extensions(changed)
        for extension in changed:
            given(settings.site, extension)


def random_password(extension: str) -> str:
    while weak(found := f"{secrets.randbelow(10**RANDOM_DIGITS):0{RANDOM_DIGITS}d}", extension):
        pass
    return found


def change_password(settings: SettingsStore, extension: str, password: str) -> None:
    found = settings.site.extension(extension)
    if found is not None and found.voicemail is not None:
        settings.change_extension(extension, voicemail=replace(found.voicemail, pin=password))
