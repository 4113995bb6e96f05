"""The SIP port is free, for UDP and TCP, before the core takes it."""

import socket

from firmware.contract.status import Check
from firmware.supervisor.checks import Place
from firmware.supervisor.ports import port_check

NAME = "SIP port"
ONLY_AT_START = True
VITAL = True


def check(place: Place) -> Check:
    return port_check(NAME, place.sip, "--sip", (socket.SOCK_DGRAM, socket.SOCK_STREAM))
