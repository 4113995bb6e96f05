"""The SIP side of a box alone, in a process of its own: guard, digest, registrar, and pjsua2 that answers every call.

Run as `python -m tests.system.sip_box HOST PORT STATE.json`; a state of `none` forgets its bindings. Reads one JSON
command a line on standard input and writes one JSON answer a line; says `{"ready": true}` first.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from firmware.media.native import load, load_pjsua2

load_pjsua2()

import msgspec  # noqa: E402
import pjsua2 as pj  # noqa: E402

from firmware.clock import SystemClock  # noqa: E402
from firmware.media.bridge import Bridge  # noqa: E402
from firmware.sip.bindings import Binding, MemoryBindings  # noqa: E402
from firmware.sip.calls import Calls, SipCall  # noqa: E402
from firmware.sip.digest import Account, ha1  # noqa: E402
from firmware.sip.guard import Ban, TrunkSource  # noqa: E402
from firmware.sip.hook import SipHook  # noqa: E402
from firmware.sip.invite import Invite  # noqa: E402
from firmware.sip.loop import PjSelector  # noqa: E402
from firmware.sip.register import Rules  # noqa: E402
from firmware.sip.registrar import Registrar  # noqa: E402
from firmware.telephony.site.system import Limits  # noqa: E402

REALM = "box-7f3a"
plain = msgspec.to_builtins


class FileBindings:
    """Bindings in a JSON file, written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}

    def load(self) -> Iterable[Binding]:
        return msgspec.convert(list(self._kept.values()), list[Binding])

    def save(self, binding: Binding) -> None:
        self._kept[f"{binding.extension} {binding.contact}"] = plain(binding)
        self._write()

    def remove(self, extension: str, contact: str) -> None:
        self._kept.pop(f"{extension} {contact}", None)
        self._write()

    def _write(self) -> None:
        self._path.write_text(json.dumps(self._kept, default=str))


class Telephone:
    """The box's end of a call: it does what it is told."""

    def __init__(self, call: SipCall) -> None:
        call.listener = self

    def on_state(self, state: int, status: int) -> None: ...
    def on_audio(self, slot: int | None, *, held: bool, key_events: bool) -> None: ...
    def on_key(self, digit: str, method: int) -> None: ...
    def on_moved(self, uri: str) -> None: ...
    def on_reinvited(self, status: int) -> None: ...


class Box:
    def __init__(self, host: str, port: int, state: Path) -> None:
        self.invites: list[Any] = []
        self.answering = True
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self._init()
        self.hook = SipHook(lambda request: self.registrar.answer(request))
        self.hook.install(REALM)
        store = MemoryBindings() if state.name == "none" else FileBindings(state)
        self.registrar = Registrar(store, SystemClock(), self.hook)
        self._listen(host, port)

    def _init(self) -> None:
        config = pj.EpConfig()
        config.uaConfig.threadCnt, config.uaConfig.mainThreadOnly, config.uaConfig.maxCalls = 0, True, 200
        config.logConfig.level = config.logConfig.consoleLevel = int(os.environ.get("SIP_LOG", "1"))
        config.medConfig.threadCnt, config.medConfig.noVad = 1, True
        self.endpoint.libInit(config)
        self.endpoint.audDevManager().setNoDev()

    def _listen(self, host: str, port: int) -> None:
        for kind in (pj.PJSIP_TRANSPORT_UDP, pj.PJSIP_TRANSPORT_TCP):
            transport = pj.TransportConfig()
            transport.port, transport.boundAddress = port, host
            self.endpoint.transportCreate(kind, transport)
        self.endpoint.libStart()
        self.line = pj.Account()
        account = pj.AccountConfig()
        account.idUri = f"sip:box@{host}:{port}"
        account.mediaConfig.transportConfig.boundAddress = host
        account.mediaConfig.transportConfig.port = 20000
        account.mediaConfig.transportConfig.randomizePort = True
        account.mediaConfig.transportConfig.portRange = 10000
        self.line.create(account)

    def serve(self) -> None:
        """Take calls; within the running loop."""
        self.calls = Calls(Bridge(load()), self._incoming)

    def _incoming(self, call: SipCall, invite: Invite) -> None:
        Telephone(call)
        self.invites.append([invite.call_id, plain(invite)])
        call.answer(200 if self.answering else 180)

    def accounts(self, secrets: dict[str, str], **common: Any) -> None:
        rows = []
        for name, secret in secrets.items():
            md5, sha256 = ha1(name, REALM, secret)
            rows.append(Account(name, md5, sha256, **common))
        self.hook.set_accounts(rows)
        self.registrar.configure(Rules(), rows)

    def do(self, command: dict[str, Any]) -> Any:
        match command.pop("do"):
            case "accounts":
                common = {k: tuple(v) if isinstance(v, list) else v for k, v in command.pop("common", {}).items()}
                return self.accounts(command["secrets"], **common)
            case "start":
                return self.registrar.start()
            case "trunks":
                return self.hook.set_trunks(TrunkSource(**{**row, "addresses": tuple(row["addresses"])})
                                            for row in command["rows"])  # fmt: skip
            case "limits":
                return self.hook.set_limits(msgspec.convert(command["limits"], Limits))
            case "heard":
                return self.hook._library.fx_heard_set(command["networks"].encode())
            case "counters":
                return self.hook.counters()
            case "bans":
                return [plain(ban) for ban in self.hook.bans()]
            case "ban":
                return self.hook.restore_bans([Ban(**command)])
            case "contacts":
                return [plain(binding) for binding in self.registrar.contacts(command["extension"])]
            case "calls":
                return {"invites": self.invites}
            case "answering":
                self.answering = command["on"]
                return None
            case "call":
                call = self.calls.new()
                Telephone(call)
                return call.make(self.line.getId(), command["uri"], self.line.getInfo().uri, (), "")
            case "cpu":
                times = os.times()
                return times.user + times.system
            case other:
                raise ValueError(f"no command {other!r}")


def main() -> None:
    box = Box(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    loop = asyncio.SelectorEventLoop(PjSelector(box.endpoint))

    def read() -> None:
        line = sys.stdin.readline()
        if not line:
            os._exit(0)
        try:
            answer = {"ok": box.do(json.loads(line))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer, default=str), flush=True)

    loop.add_reader(sys.stdin, read)
    asyncio.set_event_loop(loop)
    loop.call_soon(box.serve)
    print(json.dumps({"ready": True}), flush=True)
    loop.run_forever()


if __name__ == "__main__":
    main()
