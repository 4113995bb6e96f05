"""The media side of a box alone, in a process of its own: bridge, native ports and pump, without a call.

Run as `python -m tests.system.media_box FOLDER`; writes one JSON object with what was measured.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from firmware.media.native import load, load_pjsua2

load_pjsua2()

from firmware.media import Heard, ListenFor, MediaError  # noqa: E402
from firmware.media.bridge import Bridge  # noqa: E402
from firmware.media.pcm.none import NoPcm  # noqa: E402
from firmware.media.pump import Pump  # noqa: E402
from firmware.sip.endpoint import SipEndpoint, SipSettings  # noqa: E402
from firmware.telephony.country import Tone, ToneSegment  # noqa: E402


def steady(*freqs_hz: float) -> Tone:
    return Tone("steady", (ToneSegment(freqs_hz, 0, 0),))


class MediaBox:
    def __init__(self, folder: Path, endpoint: SipEndpoint, master: int) -> None:
        self.folder = folder
        library = load()
        library.fx_clock_attach(master)
        self.bridge = Bridge(library)
        self.pump = Pump(library, NoPcm(80), lambda: endpoint.pj.libRegisterThread("pump"))
        self.loop = asyncio.get_running_loop()

    async def mixed(self) -> str:
        """Two tones at once, a pause with nothing connected, then one of them."""
        low, high = self.bridge.tone(steady(500)), self.bridge.tone(steady(1200))
        recorder = self.bridge.recorder(self.folder / "mixed.wav")
        self.bridge.connect(low.slot, recorder.slot)
        self.bridge.connect(high.slot, recorder.slot)
        await asyncio.sleep(1)
        self.bridge.disconnect(low.slot, recorder.slot)
        self.bridge.disconnect(high.slot, recorder.slot)
        await asyncio.sleep(1)
        self.bridge.connect(low.slot, recorder.slot)
        await asyncio.sleep(1)
        recorder.close()
        await recorder.done
        low.close()
        high.close()
        return "mixed.wav"

    async def silence(self) -> list[tuple[float, bool]]:
        """A tone of a second, then quiet: what a listener for two seconds of silence says, and when."""
        heard: list[tuple[float, bool]] = []
        pulse = self.bridge.tone(Tone("pulse", (ToneSegment((400.0,), 1000, 3500),)))
        begin_s = self.loop.time()

        def note(what: Heard) -> None:
            heard.append((self.loop.time() - begin_s, getattr(what, "on", False)))

        ear = self.bridge.listen(pulse.slot, ListenFor(silence_ms=2000), note)
        await asyncio.sleep(5)
        ear.close()
        pulse.close()
        return heard

    async def wound(self) -> list[float]:
        """How long `mixed.wav` plays: as it is, a second on, a second back, beyond its end."""
        lengths_s = []
        for by_s in (0.0, 1.0, -1.0, 10.0):
            begin_s = self.loop.time()
            sound = self.bridge.playback(self.folder / "mixed.wav")
            ear = self.bridge.recorder(self.folder / "copy.wav")
            self.bridge.connect(sound.slot, ear.slot)
            await asyncio.sleep(0.5)
            sound.skip(by_s)
            await sound.done
            lengths_s.append(self.loop.time() - begin_s)
            sound.close()
            ear.close()
            await ear.done
        return lengths_s

    async def gated(self) -> float:
        """`noisy.wav` as it is and through a noise gate, side by side into two files; how long it took."""
        begin_s = self.loop.time()
        sound, gate = self.bridge.playback(self.folder / "noisy.wav"), self.bridge.gate()
        plain, gated = (self.bridge.recorder(self.folder / f"{name}.wav") for name in ("plain", "gated"))
        self.bridge.connect(gate.slot, gated.slot)
        self.bridge.connect(sound.slot, plain.slot)
        self.bridge.connect(sound.slot, gate.slot)
        await sound.done
        for one in (sound, gate, plain, gated):
            one.close()
        await asyncio.gather(plain.done, gated.done)
        return self.loop.time() - begin_s

    def refused(self) -> list[str]:
        reasons = []
        for attempt in (self.bridge.recorder, self.bridge.playback):
            try:
                attempt(self.folder / "no" / "such.wav")
            except MediaError as error:
                reasons.append(str(error))
        return reasons

    async def run(self) -> dict[str, Any]:
        self.pump.start()
        found = {"mixed": await self.mixed(), "silence": await self.silence(), "wound": await self.wound()}
        found |= {"gated": await self.gated(), "refused": self.refused()}
        self.pump.close()
        return found


def main() -> None:
    endpoint = SipEndpoint(SipSettings((), "127.0.0.1"))
    master = endpoint.open()

    async def run() -> dict[str, Any]:
        return await MediaBox(Path(sys.argv[1]), endpoint, master).run()

    with asyncio.Runner(loop_factory=endpoint.new_loop) as runner:
        print(json.dumps(runner.run(run())), flush=True)
    os._exit(0)  # as the core does: pjsua2 tears itself down badly


if __name__ == "__main__":
    main()
