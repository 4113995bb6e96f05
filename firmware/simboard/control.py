"""Commands to the simulated telephones and lines, on `sim.sock`: one JSON object a line, request and reply.

A request has `port` and `do`, and what the verb needs; a reply has `ok` and, when false, `reason`. The reply to a verb
that takes time comes at its end. Used by `fxbox phone` and `fxbox line` and by tests.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from firmware.clock import SystemClock
from firmware.simboard.audio import SimPort
from firmware.simboard.board import Board
from firmware.simboard.bus_server import listen
from firmware.simboard.ends import Recorder, Refusal
from firmware.simboard.faults import FAULTS, set_fault
from firmware.simboard.office import Office
from firmware.simboard.sound import RATE_HZ, Samples
from firmware.simboard.sound.wav import WavError, read_wav, write_wav
from firmware.simboard.telephone import FLASH_MS, Telephone

REQUEST_MAX_BYTES = 65536
HANG_UP_S = 1.3  # longer than any country's flash
Request = dict[str, Any]

log = logging.getLogger(__name__)


class Control:
    """`advance` moves the board to the present before a command and after it sets the next timer."""

    def __init__(self, board: Board, advance: Callable[[], None]) -> None:
        self._board, self._advance = board, advance

    async def listen(self, path: Path) -> asyncio.Server:
        server = listen(path, socket.SOCK_STREAM)
        return await asyncio.start_unix_server(self._serve, sock=server, limit=REQUEST_MAX_BYTES)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            log.warning("sim.sock: a client went away or sent more than %d bytes in a line", REQUEST_MAX_BYTES)
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = json.loads(line)
            port = self._board.ports[request["port"]]
        except (ValueError, TypeError, KeyError):
            return {"ok": False, "reason": f"no such port; the board has {', '.join(self._board.ports)}"}
        try:
            return {"ok": True} | await self._run(port, request)
        except (Refusal, WavError) as reason:
            return {"ok": False, "reason": str(reason)}
        except (KeyError, ValueError) as wrong:
            return {"ok": False, "reason": f"request {request}: {wrong!r}"}

    async def _run(self, port: SimPort, request: Request) -> dict[str, Any]:
        self._advance()
        try:
            waits = self._start(port, request)
        finally:
            self._board.stirred = True
            self._advance()
        return await waits

    def _start(self, port: SimPort, request: Request) -> Awaitable[dict[str, Any]]:
        """Do it, or begin it; await what is returned for the answer."""
        end = port.end
        match request["do"]:
            case "state":
                return _at_once(end.state())
            case "record":
                return self._record(end, Path(request["file"]), float(request["seconds"]))
            case "fault":
                if request["fault"] not in FAULTS:
                    raise Refusal(f"no fault {request['fault']}; there are {', '.join(FAULTS)}")
                set_fault(port, request["fault"], bool(request.get("on", True)))
                return _at_once({})
            case "lift" if isinstance(end, Telephone):
                return _lift(end, self._advance, end.hung_up_s + HANG_UP_S - self._board.timers.now_s)
            case verb:
                return _telephone(end, verb, request) if isinstance(end, Telephone) else _line(end, verb, request)

    async def _record(self, end: Telephone | Office, file: Path, seconds: float) -> dict[str, Any]:
        heard: asyncio.Future[Samples] = asyncio.get_running_loop().create_future()
        recorder = Recorder(round(seconds * RATE_HZ), heard.set_result)
        end.recorders.append(recorder)
        try:
            write_wav(file, await heard)
        finally:
            if recorder in end.recorders:
                end.recorders.remove(recorder)
        return {}


async def _lift(phone: Telephone, advance: Callable[[], None], after_s: float) -> dict[str, Any]:
    """Lift, but not so soon after hanging up that the box would take it for a flash."""
    if after_s > 0:
        await asyncio.sleep(after_s)
    advance()
    phone.lift()
    advance()
    return {}


async def _at_once(answer: dict[str, Any]) -> dict[str, Any]:
    return answer


def _waiting(begin: Callable[[Callable[[bool], None]], None], what: str) -> Awaitable[dict[str, Any]]:
    """Begin something that takes time; the answer comes at its end."""
    ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def end(whole: bool) -> None:
        if not ended.done():
            ended.set_result(whole)

    begin(end)

    async def answer() -> dict[str, Any]:
        if not await ended:
            raise Refusal(f"{what} was cut short: the line was hung up")
        return {}

    return answer()


def _telephone(phone: Telephone, verb: str, request: Request) -> Awaitable[dict[str, Any]]:
    match verb:
        case "hang-up":
            phone.hang_up()
        case "flash":
            flash_ms = int(request.get("ms") or FLASH_MS)
            return _waiting(lambda ended: phone.flash(ended, flash_ms), "the flash")
        case "dial":
            return _waiting(lambda ended: phone.dial(request["digits"], ended), "dialling")
        case "pulse":
            return _waiting(lambda ended: phone.pulse(request["digits"], ended), "dialling")
        case "play":
            sound = read_wav(Path(request["file"]))
            return _waiting(lambda ended: phone.say(sound, ended), "playing")
        case _:
            raise Refusal(f"a telephone cannot {verb}")
    return _at_once({})


def _line(office: Office, verb: str, request: Request) -> Awaitable[dict[str, Any]]:
    match verb:
        case "ring":
            local = SystemClock().now().astimezone()
            office.ring(request.get("from") or "", request.get("name") or "", local)
        case "answer":
            office.answer(bool(request.get("reverse")))
        case "busy":
            office.busy()
        case "hang-up":
            office.hang_up(request.get("by") or "battery")
        case "polarity":
            office.polarity()
        case "play":
            sound = read_wav(Path(request["file"]))
            return _waiting(lambda ended: office.say(sound, ended), "playing")
        case _:
            raise Refusal(f"a line cannot {verb}")
    return _at_once({})
