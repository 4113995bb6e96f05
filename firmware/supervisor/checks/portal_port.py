"""The portal's port is free before the portal takes it."""

import socket

from firmware.contract.status import Check
from firmware.supervisor.checks import Place
from firmware.supervisor.ports import port_check

NAME = "portal port"
ONLY_AT_START = True
VITAL = True


def check(place: Place) -> Check:
    return port_check(NAME, place.portal, "--portal", (socket.SOCK_STREAM,))
