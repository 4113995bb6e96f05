"""The registrar in virtual time: ends, watchers, the guard's list, and what a restart brings back."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from firmware.sip.bindings import Binding, MemoryBindings, Source
from firmware.sip.digest import Account, ha1
from firmware.sip.register import Contact, Request, Rules
from firmware.sip.registrar import SAVE_AGAIN_S, Registrar
from tests.virtual import START, VirtualClock, run_virtual


class Sources:
    def __init__(self) -> None:
        self.now: dict[Source, str] = {}

    def bound(self, source: Source, extension: str, seconds: int) -> None:
        self.now[source] = extension

    def unbound(self, source: Source) -> None:
        del self.now[source]


class CountingStore(MemoryBindings):
    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def save(self, binding: Binding) -> None:
        self.writes += 1
        super().save(binding)


def account(extension: str, secret: str = "secret", **others: Any) -> Account:
    return Account(extension, *ha1(extension, "realm", secret), **others)


def made(store: MemoryBindings | None = None) -> tuple[Registrar, Sources, list[str]]:
    sources, seen = Sources(), list[str]()
    registrar = Registrar(store or MemoryBindings(), VirtualClock(), sources)
    registrar.configure(Rules(), [account("103"), account("104")])
    registrar.watch(seen.append)
    return registrar, sources, seen


def request(extension: str = "103", host: str = "10.0.0.5", expires_s: int = 60, cseq: int = 1) -> Request:
    contact = (Contact(f"sip:{extension}@{host}"),)
    return Request(
        extension, extension, f"{extension}-{host}", cseq, Source(host, 5060, "udp"), contact, expires_s=expires_s
    )


def virtual(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    def run() -> None:
        run_virtual(test)

    run.__name__ = test.__name__
    return run


@virtual
async def test_a_binding_ends_when_its_time_is_over() -> None:
    registrar, sources, seen = made()
    registrar.answer(request())
    registrar.answer(request("104", "10.0.0.6", 90))
    await asyncio.sleep(59.9)
    assert [binding.contact for binding in registrar.contacts("103")] == ["sip:103@10.0.0.5"]
    await asyncio.sleep(0.2)
    assert registrar.contacts("103") == []
    assert registrar.extensions == {"104"}
    assert list(sources.now.values()) == ["104"]
    await asyncio.sleep(30)
    assert not registrar.extensions and sources.now == {}
    assert seen == ["103", "104", "103", "104"]


@virtual
async def test_a_refresh_keeps_it_and_tells_nobody() -> None:
    registrar, _sources, seen = made()
    for cseq in range(1, 11):
        registrar.answer(request(cseq=cseq))
        await asyncio.sleep(30)
    assert len(registrar.contacts("103")) == 1
    assert registrar.contacts("103")[0].since == START
    assert seen == ["103"]
    await asyncio.sleep(31)
    assert registrar.contacts("103") == []


@virtual
async def test_refreshes_spare_the_flash() -> None:
    store = CountingStore()
    registrar, _sources, _seen = made(store)
    for cseq in range(1, 121):  # two hours
        registrar.answer(request(cseq=cseq, expires_s=120))
        await asyncio.sleep(60)
    assert store.writes == 2 * 3600 // SAVE_AGAIN_S


@virtual
async def test_a_restart_keeps_bindings() -> None:
    store = MemoryBindings()
    registrar, _sources, _seen = made(store)
    registrar.answer(request(expires_s=300))
    await asyncio.sleep(200)
    again, sources, _seen = made(store)
    again.start()
    assert [binding.target for binding in again.contacts("103")] == ["sip:103@10.0.0.5"]
    assert sources.now == {Source("10.0.0.5", 5060, "udp"): "103"}
    assert again.answer(request(cseq=2)).status == 200
    await asyncio.sleep(61)
    assert again.contacts("103") == [] and store.load() == ()


@virtual
async def test_old_and_foreign_bindings_are_not_brought_back() -> None:
    store = MemoryBindings()
    registrar, _sources, _seen = made(store)
    registrar.answer(request())
    [binding] = registrar.contacts("103")
    store.save(replace(binding, extension="999"))
    store.save(replace(binding, extension="104", expires_at=START - timedelta(seconds=SAVE_AGAIN_S + 1)))
    again, _sources, _seen = made(store)
    again.start()
    assert again.extensions == {"103"}
    assert [kept.extension for kept in store.load()] == ["103"]


@virtual
async def test_a_removed_extension_loses_its_devices() -> None:
    registrar, sources, seen = made()
    registrar.answer(request())
    registrar.configure(Rules(), [account("104")])
    assert registrar.contacts("103") == [] and sources.now == {} and seen == ["103", "103"]


@virtual
async def test_a_device_is_not_taken_over_whose_password_changed_while_the_box_was_off() -> None:
    store = MemoryBindings()
    registrar, _sources, _seen = made(store)
    registrar.answer(request("103"))
    registrar.answer(request("104", host="10.0.0.6"))
    store.save(replace(next(iter(store.load())), contact="sip:103@10.0.0.9", key=""))  # of an older version
    again = Registrar(store, VirtualClock(), Sources())
    again.configure(Rules(), [account("103", "another"), account("104")])
    again.start()
    assert [binding.contact for binding in again.contacts("103")] == ["sip:103@10.0.0.9"]
    assert again.extensions == {"103", "104"}


@virtual
async def test_another_password_ends_registrations_and_another_setting_does_not() -> None:
    registrar, sources, _seen = made()
    registrar.answer(request("103"))
    registrar.answer(request("104", host="10.0.0.6"))
    changed = [account("103", "another"), account("104", max_registrations=2)]
    assert registrar.configure(Rules(max_expires_s=90), changed) == ["103"]
    assert registrar.extensions == {"104"} and list(sources.now.values()) == ["104"]
    registrar.answer(request("104", host="10.0.0.6", expires_s=600, cseq=2))
    assert registrar.contacts("104")[0].granted_s == 90


@pytest.mark.parametrize(
    ("changed", "stay"),
    [
        ({"max_registrations": 2}, ["10.0.0.2", "10.0.0.3"]),
        ({"permitted": ("10.0.0.0/31",)}, ["10.0.0.1"]),
        ({"transports": ("tcp", "tls")}, []),
        ({"enabled": False}, []),
    ],
)
def test_devices_end_that_an_extension_may_not_have_any_more(changed: dict[str, Any], stay: list[str]) -> None:
    async def test() -> None:
        store = MemoryBindings()
        registrar, _sources, _seen = made(store)
        for host in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
            registrar.answer(request(host=host))
        registrar.configure(Rules(), [account("103", **changed)])
        assert [binding.source.ip for binding in registrar.contacts("103")] == stay
        assert sorted(binding.source.ip for binding in store.load()) == stay

    run_virtual(test)


@virtual
async def test_several_lines_of_one_device_share_a_source() -> None:
    registrar, sources, _seen = made()
    registrar.answer(request("103"))
    registrar.answer(request("104"))
    registrar.answer(request("103", expires_s=0, cseq=2))
    assert Source("10.0.0.5", 5060, "udp") in sources.now
    registrar.answer(request("104", expires_s=0, cseq=2))
    assert sources.now == {}


@virtual
async def test_a_device_that_moves_takes_its_source_along() -> None:
    registrar, sources, seen = made()
    registrar.answer(request())
    moved = Source("10.0.0.77", 1024, "udp")
    registrar.answer(replace(request(cseq=2), source=moved))
    assert sources.now == {moved: "103"}
    assert registrar.contacts("103")[0].target == "sip:103@10.0.0.77:1024"
    assert seen == ["103", "103"]


@virtual
async def test_watching_ends() -> None:
    registrar, _sources, _seen = made()
    seen: list[str] = []
    stop = registrar.watch(seen.append)
    registrar.answer(request())
    stop()
    stop()
    registrar.answer(request(expires_s=0, cseq=2))
    assert seen == ["103"]


@pytest.mark.parametrize("devices", [1, 3])
def test_each_extension_has_its_own_number_of_devices(devices: int) -> None:
    async def test() -> None:
        registrar, _sources, _seen = made()
        registrar.configure(Rules(), [account("103", max_registrations=devices)])
        answers = [registrar.answer(request(host=f"10.0.0.{n}")).status for n in range(devices + 1)]
        assert answers == [200] * devices + [403]

    run_virtual(test)
