"""The registrar: every extension's bindings, kept over a restart, ended when their time is over.

Not responsible for the rules (register.py) nor for authentication (native/auth.c).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec.structs import replace

from firmware.clock import Clock
from firmware.sip.bindings import Binding, BindingStore, Source
from firmware.sip.digest import Account
from firmware.sip.register import Answer, Request, Rules, refreshed, register

SAVE_AGAIN_S = 1800  # a mere refresh is written this seldom, to spare the flash; see `_still_likely`

log = logging.getLogger(__name__)


class BoundSources(Protocol):
    """The guard's list of sources with a working binding."""

    def bound(self, source: Source, extension: str, seconds: int) -> None: ...
    def unbound(self, source: Source) -> None: ...


def _still_likely(binding: Binding, now: datetime) -> bool:
    """Whether a stored binding is worth trying: it may have been refreshed since it was written."""
    return now < binding.expires_at + timedelta(seconds=SAVE_AGAIN_S)


def _left(account: Account | None, bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
    """The bindings that stay with an account as it is now; of too many those that registered last."""
    if account is None:
        return ()
    right = (one for one in bindings if one.key in ("", account.key) and account.admits(one.source))
    return tuple(right)[-account.max_registrations :]


class Registrar:
    """`start` on the loop, then hand each request to `answer`."""

    def __init__(self, store: BindingStore, clock: Clock, sources: BoundSources, rules: Rules | None = None) -> None:
        self._store, self._clock, self._sources = store, clock, sources
        self._rules = rules or Rules()
        self._rules_of: dict[str, Rules] = {}  # by extension
        self._accounts: dict[str, Account] = {}  # by extension
        self._bindings: dict[str, tuple[Binding, ...]] = {}
        self._extensions: frozenset[str] | None = None  # those of `_bindings`; None: to be made anew
        self._ends_s: dict[tuple[str, str], float] = {}  # monotonic: wall time may jump
        self._saved_s: dict[tuple[str, str], float] = {}
        self._watchers: list[Callable[[str], None]] = []
        self._registered: Callable[[Binding], None] = lambda _binding: None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s = 0.0  # monotonic, when it comes

    def contacts(self, extension: str) -> list[Binding]:
        """The extension's devices, the one that registered last at the end."""
        return list(self._bindings.get(extension, ()))

    @property
    def extensions(self) -> frozenset[str]:
        """Those with a device."""
        if self._extensions is None:
            self._extensions = frozenset(self._bindings)
        return self._extensions

    def watch(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call `callback` with an extension whose devices have come, gone or moved. Returns the call that ends it."""
        self._watchers.append(callback)

        def stop() -> None:
            if callback in self._watchers:
                self._watchers.remove(callback)

        return stop

    def on_registered(self, callback: Callable[[Binding], None]) -> None:
        """Call `callback` with each device that registers, registers again, or is taken over from the store."""
        self._registered = callback

    def configure(self, rules: Rules, accounts: Iterable[Account]) -> list[str]:
        """New settings. Bindings end that their extension may not have any more, all of them when its password is new.

        Returns the extensions with a new password.
        """
        before, self._accounts = self._accounts, {one.username: one for one in accounts}
        self._rules = rules
        self._rules_of = {
            name: replace(rules, max_registrations=one.max_registrations) for name, one in self._accounts.items()
        }
        for extension, bindings in tuple(self._bindings.items()):
            left = _left(self._accounts.get(extension), bindings)
            if len(left) < len(bindings):
                self._replace(extension, left)
        return [name for name, one in before.items() if name in self._accounts and self._accounts[name].key != one.key]

    def start(self) -> None:
        """Take over what the store remembers: it works at once, without anybody registering anew."""
        now = self._clock.now()
        loaded: dict[str, list[Binding]] = {}
        for binding in self._store.load():
            if _still_likely(binding, now) and _left(self._accounts.get(binding.extension), (binding,)):
                loaded.setdefault(binding.extension, []).append(refreshed(binding, now))
            else:
                self._store.remove(binding.extension, binding.contact)
        for extension, bindings in loaded.items():
            self._replace(extension, tuple(bindings))

    def answer(self, request: Request) -> Answer:
        """Decide about a REGISTER and carry it out."""
        extension = request.username
        rules = self._rules_of.get(extension, self._rules)
        decided = register(self._bindings.get(extension, ()), request, rules, self._clock.now())
        if decided.status == 200:
            self._replace(extension, self._with_key(extension, decided.bindings))
        else:
            log.warning("%s: registration from %s refused: %d", extension, request.source.ip, decided.status)
        return decided

    def _with_key(self, extension: str, bindings: tuple[Binding, ...]) -> tuple[Binding, ...]:
        key = self._accounts[extension].key if extension in self._accounts else ""
        return tuple(one if one.key == key else replace(one, key=key) for one in bindings)

    def _replace(self, extension: str, after: tuple[Binding, ...]) -> None:
        before = {binding.contact: binding for binding in self._bindings.get(extension, ())}
        if after:
            self._bindings[extension] = after
        else:
            self._bindings.pop(extension, None)
        if (extension in (self._extensions or ())) is not bool(after):
            self._extensions = None
        kept = {binding.contact for binding in after}
        changed = False
        for contact, binding in before.items():
            if contact not in kept:
                self._ended(binding)
                changed = True
        for binding in after:
            changed |= self._entered(before.get(binding.contact), binding)
        if changed:
            for watcher in tuple(self._watchers):
                watcher(extension)

    def _entered(self, before: Binding | None, binding: Binding) -> bool:
        """Record a new or refreshed binding; True when it changed where calls go."""
        if before is binding:
            return False
        key, now_s = (binding.extension, binding.contact), self._clock.monotonic_s()
        self._ends_s[key] = now_s + binding.granted_s
        self._arm(self._ends_s[key])
        if before is not None and before.source != binding.source:
            self._unbind(before.source)
        self._sources.bound(binding.source, binding.extension, binding.granted_s)
        moved = before is None or before.target != binding.target or before.source != binding.source
        if moved or now_s - self._saved_s.get(key, 0.0) >= SAVE_AGAIN_S:
            self._store.save(binding)
            self._saved_s[key] = now_s
        if moved:
            source = binding.source
            log.info(
                "%s: device at %s:%d (%s), %s", binding.extension, source.ip, source.port, source.transport,
                binding.user_agent,
            )  # fmt: skip
        self._registered(binding)
        return moved

    def _ended(self, binding: Binding) -> None:
        key = (binding.extension, binding.contact)
        self._ends_s.pop(key, None)
        self._saved_s.pop(key, None)
        self._unbind(binding.source)
        self._store.remove(*key)
        log.info("%s: device at %s:%d is gone", binding.extension, binding.source.ip, binding.source.port)

    def _unbind(self, source: Source) -> None:
        """A gateway or a telephone with several lines has one source for several extensions."""
        for bindings in self._bindings.values():
            for binding in bindings:
                if binding.source == source:
                    return
        self._sources.unbound(source)

    def _arm(self, end_s: float) -> None:
        """One timer serves all; it may come too early for a binding that was refreshed, never too late."""
        if self._timer is not None:
            if end_s >= self._timer_s:
                return
            self._timer.cancel()
        self._timer_s = end_s
        wait_s = max(0.0, end_s - self._clock.monotonic_s())
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._expire)

    def _expire(self) -> None:
        self._timer = None
        now_s = self._clock.monotonic_s()
        over = {key for key, end_s in self._ends_s.items() if end_s <= now_s}
        for extension in {extension for extension, _contact in over}:
            left = tuple(b for b in self._bindings[extension] if (extension, b.contact) not in over)
            self._replace(extension, left)
        if self._ends_s:
            self._arm(min(self._ends_s.values()))
