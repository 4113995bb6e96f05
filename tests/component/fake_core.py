"""A core for tests of the API and the portal: the real server, sessions and log-in over a box that is made up."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

from firmware.api.answers import Answers
from firmware.api.box import NotPossible
from firmware.api.events import Events
from firmware.api.login import Doorkeeper
from firmware.api.passwords import Passwords
from firmware.api.server import Server
from firmware.api.sessions import Sessions
from firmware.contract.replies import Explanation, Role, SiteChecked
from firmware.contract.status import (
    Alarm,
    Call,
    CallState,
    Check,
    Line,
    LineKind,
    LineState,
    Mark,
    Registration,
    Trunk,
    TrunkState,
)
from firmware.contract.status import Status as BoxStatus
from firmware.telephony.deeds import Act, Deed

AT = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)
LINE = Line("fxs1", LineKind.FXS, LineState.READY, "101 Reception")
CALLS = (
    Call("c1", "104", "107", CallState.RINGING, AT, extensions=("104", "107")),
    Call("c2", "101", "103", CallState.TALKING, AT, extensions=("101", "103")),
)


class FakeClock:
    def __init__(self):
        self.at_s = 1000.0

    def monotonic_s(self):
        return self.at_s

    def now(self):
        return AT + timedelta(seconds=self.at_s - 1000.0)


class FakeBox:
    def __init__(self):
        self.alarms = (Alarm(AT + timedelta(minutes=1), "extension 103 is locked", 2), Alarm(AT, "80 % are spent"))

    def dismiss_alarms(self, until):
        before, self.alarms = self.alarms, tuple(one for one in self.alarms if one.at > until)
        return len(before) - len(self.alarms)

    def status(self, position):
        return BoxStatus(
            "Office",
            AT,
            position,
            addresses={"sip": "127.0.0.1:5060"},
            lines=(LINE, Line("fxo1", LineKind.FXO, LineState.NO_LINE)),
            registrations=(Registration("104", "Ben", ("192.0.2.7:5060",)),),
            trunks=(Trunk("provider", "sip", TrunkState.UP),),
            calls=CALLS,
            alarms=self.alarms,
            checks=(Check("disk", Mark.FAILED, "3 MB free"),),
            counters={"calls_total": 2},
        )

    def gauges(self):
        return {"calls": 2.0}

    def explain(self, caller, called, at, trunk):
        if called == "000":
            raise NotPossible("104 may not call 000")
        when = f" at {at:%H:%M %Z}".rstrip() if at else ""
        return Explanation(f"rings {called}{when}" + (f" for {trunk}" if trunk else ""), ())

    def unlock(self, extension):
        if extension != "104":
            raise NotPossible(f"extension {extension} is not locked")


class FakeConfiguration:
    """Takes every site file whose text has no `wrong` in it."""

    def __init__(self, deeds):
        self.text, self.stored, self._deeds, self.disk_full = "", 0, deeds, False

    async def import_site(self, text, name, user):
        if "wrong" in text:
            return SiteChecked(problems=("version: wrong",))
        self.text = text
        self._deeds.append(Deed(user, Act.IMPORTED, name))
        return SiteChecked(warnings=("a warning",), not_active=("fax (1 entry)",), next_start=("sip.udp",))

    async def store(self):
        if self.disk_full:
            raise NotPossible("the disk is full")
        self.stored += 1


class FakeAccounts:
    def __init__(self):
        self.hashes = {}

    def realm(self):
        return "fxbox-1"

    def portal_ha1(self, extension):
        return hashlib.sha256(b"104:fxbox-1:ben-secret-104").hexdigest() if extension == "104" else None

    def admin_hash(self, user):
        return self.hashes.get(user)

    def keep_admin_hash(self, user, phc):
        self.hashes[user] = phc


class Core:
    """A server on a socket of its own, with everything that it needs faked."""

    def __init__(self, path, **options):
        self.path, self.clock, self.accounts = path, FakeClock(), FakeAccounts()
        self.events, self.passwords = Events(life=7), Passwords()
        self.box, self.sessions, self.deeds = FakeBox(), Sessions(self.clock), []
        self.door = Doorkeeper(self.accounts, self.sessions, self.passwords, self.clock, self.deeds.append)
        self.configuration = FakeConfiguration(self.deeds)
        answers = Answers(
            self.box, self.events, self.sessions, self.door, self.configuration, self.deeds.append
        )  # fmt: skip
        self.server = Server(path, answers, **options)

    def cookie(self, user="admin"):
        role = Role.EXTENSION if user.isdigit() else Role.ADMIN
        return self.sessions.open(user, role, user if user.isdigit() else None)[0]

    async def __aenter__(self):
        await self.server.start()
        return self

    async def __aexit__(self, *_):
        await asyncio.sleep(0.02)  # connections that were just made are accepted
        await self.server.stop()
        self.passwords.close()
