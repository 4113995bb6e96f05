"""The core's API server with a fake box: log-in, sessions, rights, event stream, bad input."""

import asyncio
import contextlib
import os
import socket
import stat

import msgspec
import pytest

from firmware.api.server import AlreadyRunning
from firmware.api.sessions import Sessions
from firmware.contract import wire
from firmware.contract.async_client import AsyncClient
from firmware.contract.client import Client, CoreDown, Refused
from firmware.contract.events import CallChanged, CallEnded, LineChanged, Resync, SessionEnded, TrunkChanged
from firmware.contract.replies import Done, Explanation, Health, Metrics, Reason, Role, Session, SiteChecked, Status
from firmware.contract.requests import (
    Explain,
    GetHealth,
    GetMetrics,
    GetSession,
    GetStatus,
    Hello,
    ImportSite,
    LogIn,
    LogOut,
    Peer,
    StoreSettings,
    Subscribe,
    Unlock,
)
from firmware.contract.status import (
    Mark,
    Position,
    Trunk,
    TrunkState,
)
from firmware.telephony.deeds import Act, Deed
from tests.component.fake_core import AT, CALLS, LINE, Core, FakeClock


def run(path, script, **options):
    async def main():
        async with asyncio.timeout(20), Core(path, **options) as core:
            await script(core)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "core.sock"


async def until(condition):
    while not condition():  # noqa: ASYNC110 - what is waited for happens in the code under test
        await asyncio.sleep(0.01)


async def refusal(client, request, expected=Status):
    with pytest.raises(Refused) as refused:
        await client.ask(request, expected)
    return refused.value.refusal


def test_administrator_logs_in_and_out(path):
    async def script(core):
        password = await core.door.claim()
        assert len(password) == 19 and await core.door.claim() is None
        assert core.accounts.hashes["admin"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        async with await AsyncClient.connect(path, Peer.PORTAL) as client:
            session = await client.ask(LogIn("admin", password, "192.0.2.1"), Session)
            assert session.role is Role.ADMIN and len(session.cookie) == 43
            assert (await client.ask(GetSession(session.cookie), Session)).user == "admin"
            assert (await client.ask(GetStatus(session.cookie), Status)).status.calls == CALLS
            await client.ask(LogOut(session.cookie), Done)
            assert (await refusal(client, GetStatus(session.cookie))).reason is Reason.NOT_LOGGED_IN
        assert core.deeds == [Deed("admin", Act.LOGGED_IN, detail="from 192.0.2.1")]

    run(path, script)


def test_extension_logs_in_with_its_sip_secret_and_sees_its_own_calls(path):
    async def script(core):
        async with await AsyncClient.connect(path, Peer.PORTAL) as client:
            session = await client.ask(LogIn("104", "ben-secret-104", "192.0.2.1"), Session)
            status = (await client.ask(GetStatus(session.cookie), Status)).status
            assert [call.id for call in status.calls] == ["c1"]
            assert [line.slot for line in status.lines] == ["fxs1"]
            assert not (status.trunks or status.checks or status.addresses or status.counters)
            assert status.registrations[0].devices == ("device",)
            assert (await client.ask(Explain("104", "107", cookie=session.cookie), Explanation)).outcome == "rings 107"
            assert (await refusal(client, Unlock("104", session.cookie))).reason is Reason.FORBIDDEN
            asked = await refusal(client, Explain("101", "107", cookie=session.cookie))
            assert asked.reason is Reason.FORBIDDEN

    run(path, script)


def test_every_wrong_log_in_looks_the_same(path):
    async def script(core):
        await core.door.claim()
        async with await AsyncClient.connect(path, Peer.PORTAL) as client:
            answers = [
                await refusal(client, LogIn(user, password, f"192.0.2.{number}"))
                for number, (user, password) in enumerate([
                    ("admin", "wrong"), ("nobody", "wrong"), ("104", "wrong"), ("103", "wrong"),
                    ("admin", "x" * 1000), ("", ""), ("a\0b", "\n"),
                ])
            ]  # fmt: skip
            assert {(answer.reason, answer.text) for answer in answers} == {
                (Reason.WRONG_LOG_IN, "User or password is wrong.")
            }

    run(path, script)


def test_a_source_with_five_errors_is_refused(path):
    async def script(core):
        async with await AsyncClient.connect(path, Peer.PORTAL) as client:
            for number in range(5):
                assert (await refusal(client, LogIn(f"10{number}", "x", "192.0.2.1"))).reason is Reason.WRONG_LOG_IN
            assert core.deeds[0] == Deed("100", Act.LOG_IN_FAILED, detail="from 192.0.2.1")
            told = await refusal(client, LogIn("104", "ben-secret-104", "192.0.2.1"))
            assert len(core.deeds) == 5  # what is not even tried fills no disk
            assert told.reason is Reason.TOO_MANY_TRIES and told.retry_after_s == 300.0
            assert await client.ask(LogIn("104", "ben-secret-104", "192.0.2.2"), Session)
            core.clock.at_s += 300.1
            assert await client.ask(LogIn("104", "ben-secret-104", "192.0.2.1"), Session)

    run(path, script)


def test_six_verifications_at_once_are_too_many(path):
    async def script(core):
        await core.door.claim()
        clients = [await AsyncClient.connect(path, Peer.PORTAL) for _ in range(8)]
        answers = await asyncio.gather(
            *(refusal(client, LogIn(f"user{n}", "x", f"192.0.2.{n}")) for n, client in enumerate(clients))
        )
        reasons = [answer.reason for answer in answers]
        assert reasons.count(Reason.BUSY) == 3 and reasons.count(Reason.WRONG_LOG_IN) == 5
        for client in clients:
            client.close()

    run(path, script)


def test_sessions_end(path):
    async def script(core):
        admin, user = core.cookie(), core.cookie("104")
        core.clock.at_s += 29 * 60
        assert core.sessions.find(admin)
        core.clock.at_s += 29 * 60
        assert core.sessions.find(admin, use=False)
        core.clock.at_s += 2 * 60
        assert core.sessions.find(admin) is None and core.sessions.find(user)
        core.clock.at_s += 11 * 3600
        assert core.sessions.find(user) is None

    run(path, script)


class FakeStore:
    """Sessions as a file would keep them."""

    def __init__(self):
        self.rows = {}

    def load(self):
        return list(self.rows.values())

    def save(self, value):
        self.rows[value.key] = value

    def remove(self, *key):
        self.rows.pop(key[0], None)


def test_sessions_survive_a_restart_of_the_core():
    clock, store = FakeClock(), FakeStore()
    before = Sessions(clock, store)
    admin, user, gone = (before.open(name, role)[0] for name, role in (
        ("admin", Role.ADMIN), ("104", Role.EXTENSION), ("103", Role.EXTENSION)))  # fmt: skip
    before.close(gone)
    clock.at_s += 29 * 60
    assert before.find(admin) and admin not in str(store.rows)
    clock.at_s += 29 * 60
    after = Sessions(clock, store)
    assert after.find(admin).user == "admin" and after.find(user).role is Role.EXTENSION and after.find(gone) is None
    clock.at_s += 31 * 60
    assert Sessions(clock, store).find(admin) is None and len(store.rows) == 1


def test_commands_of_the_owner_need_no_session_but_the_portal_does(path):
    async def script(core):
        async with await AsyncClient.connect(path, Peer.COMMAND) as command:
            assert (await command.ask(GetStatus(), Status)).status.name == "Office"
            assert (await refusal(command, Explain("104", "000"))).text == "104 may not call 000"
            assert await command.ask(Unlock("104"), Done)
            assert (await refusal(command, Unlock("105"))).text == "extension 105 is not locked"
            assert core.deeds == [Deed("command line", Act.UNLOCKED, "104")]
        async with await AsyncClient.connect(path, Peer.PORTAL) as portal:
            assert (await refusal(portal, GetStatus())).reason is Reason.NOT_LOGGED_IN
            assert (await refusal(portal, GetStatus("forged"))).reason is Reason.NOT_LOGGED_IN
            metrics = await portal.ask(GetMetrics(), Metrics)
            assert metrics.counters == {"calls_total": 2} and metrics.gauges == {"calls": 2.0}
            assert await portal.ask(GetHealth(), Health) == Health(Mark.FAILED, ("disk",))

    run(path, script)


def test_a_site_file_is_for_administrators(path):
    async def script(core):
        text = ImportSite("version: 1", "office.yaml")
        async with await AsyncClient.connect(path, Peer.COMMAND) as command:
            done = await command.ask(text, SiteChecked)
            assert done == SiteChecked((), ("a warning",), ("fax (1 entry)",), ("sip.udp",))
            assert core.deeds == [Deed("command line", Act.IMPORTED, "office.yaml")]
            assert (await command.ask(ImportSite("wrong"), SiteChecked)).problems == ("version: wrong",)
            assert core.configuration.text == "version: 1"
            await command.ask(StoreSettings(), Done)
            core.configuration.disk_full = True
            assert (await refusal(command, StoreSettings(), Done)).text == "the disk is full"
        async with await AsyncClient.connect(path, Peer.PORTAL) as portal:
            for request in (ImportSite("x"), StoreSettings(), ImportSite("x", cookie="forged")):
                assert (await refusal(portal, request)).reason is Reason.NOT_LOGGED_IN
            for request in (ImportSite("x", cookie=core.cookie("104")), StoreSettings(core.cookie("104"))):
                assert (await refusal(portal, request)).reason is Reason.FORBIDDEN
            assert await portal.ask(ImportSite("y", cookie=core.cookie()), SiteChecked)
        assert core.configuration.text == "y" and core.configuration.stored == 1

    run(path, script)


def test_a_call_from_outside_is_explained_to_those_who_see_all(path):
    async def script(core):
        asked = Explain("0301234", "", AT, "line1")
        async with await AsyncClient.connect(path, Peer.COMMAND) as command:
            assert (await command.ask(asked, Explanation)).outcome == "rings  at 18:00 UTC for line1"
            local = msgspec.structs.replace(asked, at=AT.replace(tzinfo=None))
            assert (await command.ask(local, Explanation)).outcome == "rings  at 18:00 for line1"
        async with await AsyncClient.connect(path, Peer.PORTAL) as portal:
            own = Explain("104", "107", None, "line1", core.cookie("104"))
            assert (await refusal(portal, own, Explanation)).reason is Reason.FORBIDDEN

    run(path, script)


def test_other_users_are_turned_away(path):
    async def script(core):
        with pytest.raises(CoreDown):
            await AsyncClient.connect(path, Peer.COMMAND)
        with pytest.raises(wire.WireError, match="allowed are"):
            await AsyncClient.connect(path, Peer.COMMAND, allowed={os.getuid() + 1})

    run(path, script, allowed={os.getuid() + 1})


def test_events_arrive_in_order_and_only_what_may_be_seen(path):
    async def script(core):
        core.events.post(LineChanged(LINE))
        since = core.events.position
        got = {"admin": [], "104": []}

        async def follow(user):
            async with await AsyncClient.connect(path, Peer.PORTAL) as client:
                async for event in client.follow(Subscribe(core.cookie(user), since)):
                    got[user].append(event)

        followers = [asyncio.create_task(follow(user)) for user in got]
        core.events.post(TrunkChanged(Trunk("provider", "sip", TrunkState.DOWN, "503")))
        core.events.post(CallChanged(CALLS[0]))
        await until(lambda: len(core.events.followers) == 2)
        core.events.post(CallChanged(CALLS[1]))
        core.events.post(CallEnded("c1", ("104", "107")))
        await until(lambda: len(got["admin"]) == 4 and len(got["104"]) == 2)
        assert [event.position.sequence for event in got["admin"]] == [2, 3, 4, 5]
        assert [event.change for event in got["104"]] == [CallChanged(CALLS[0]), CallEnded("c1", ("104", "107"))]
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)
        await until(lambda: not core.events.followers)

    run(path, script)


@pytest.mark.parametrize("since", [Position(6, 0), Position(7, 5000), Position(7, 0)])
def test_a_place_that_is_not_held_means_resync(path, since):
    async def script(core):
        for _ in range(1001):
            core.events.post(LineChanged(LINE))
        async with await AsyncClient.connect(path, Peer.COMMAND) as client:
            async for event in client.follow(Subscribe(since=since)):
                assert event.change == Resync() and event.position == Position(7, 1001)
                break

    run(path, script)


def test_log_out_ends_the_stream_at_once(path):
    async def script(core):
        cookie = core.cookie()
        async with await AsyncClient.connect(path, Peer.PORTAL) as stream:
            events = stream.follow(Subscribe(cookie))
            last = asyncio.create_task(anext(events))
            await until(lambda: core.events.followers)
            async with await AsyncClient.connect(path, Peer.PORTAL) as other:
                await other.ask(LogOut(cookie), Done)
            assert (await last).change == SessionEnded()
            with pytest.raises(CoreDown):
                await anext(events)

    run(path, script)


def test_nonsense_is_refused_and_the_server_lives_on(path):
    def nonsense(data):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(path))
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while part := client.recv(4096):
                    answer += part
            return answer

    async def script(core):
        hello = wire.encode(Hello(1, Peer.PORTAL))
        for data in (b"", b"\0\0", b"\0\0\0\4null", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 100, wire.encode(GetHealth())):
            answer = await asyncio.to_thread(nonsense, data)
            assert len(data) < 4 or b"bad-request" in answer
        assert b"wrong-version" in await asyncio.to_thread(nonsense, wire.encode(Hello(2, Peer.PORTAL)))
        assert b"Welcome" in await asyncio.to_thread(nonsense, hello + wire.encode(GetHealth())[:-3])
        async with await AsyncClient.connect(path, Peer.PORTAL) as client:
            assert await client.ask(GetHealth(), Health)

    run(path, script)


def test_a_second_core_is_refused_and_a_stale_socket_is_replaced(path):
    async def script(core):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with pytest.raises(AlreadyRunning, match="another fxbox runs"):
            await Core(path).server.start()

    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    run(path, script)
    assert not path.exists()


def test_the_blocking_client(path):
    def use():
        with Client(path, Peer.COMMAND) as client:
            assert client.ask(GetStatus(), Status).status.name == "Office"
        with Client(path, Peer.COMMAND) as client:
            for event in client.follow(Subscribe(since=Position(1, 1)), wait_s=5):
                return event
        return None

    async def script(core):
        assert (await asyncio.to_thread(use)).change == Resync()

    run(path, script)
    with pytest.raises(CoreDown, match="no answer at"):
        Client(path, Peer.COMMAND)
