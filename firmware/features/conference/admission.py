"""Who comes into a room, and as what (F26, F28). Pure; not here: how the password is asked for."""

import hmac
from enum import Enum

from firmware.telephony.site import Room


class Role(Enum):
    GUEST = "participant"
    ADMIN = "administrator"


def needs_password(settings: Room) -> bool:
    return settings.pin is not None or settings.admin_pin is not None


def role_of(settings: Room, given: str, *, creator: bool = False) -> Role | None:
    """The role that a password gives; "" is none. None: it is wrong.

    A room without any password makes its creator the administrator. One without a password for participants lets them
    in without.
    """
    if not needs_password(settings):
        return Role.ADMIN if creator else Role.GUEST
    if settings.admin_pin is not None and _same(given, settings.admin_pin):
        return Role.ADMIN
    if settings.pin is None:
        return Role.GUEST if not given else None
    return Role.GUEST if _same(given, settings.pin) else None


def _same(given: str, pin: str) -> bool:
    """In a time that tells nothing about the PIN."""
    return hmac.compare_digest(given.encode(), pin.encode())
