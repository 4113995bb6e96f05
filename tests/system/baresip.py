"""baresip as an IP phone: registers, answers by itself, says one tone for ever and keeps what it hears."""

import subprocess
import wave
from pathlib import Path

import numpy as np

from tests.system.box import has_tone
from tests.system.rtp import RATE, Samples

MODULES = Path("/usr/lib/baresip/modules")
TONE_LEVEL = 11_600  # rms of what it says
OPUS, G722, PCMU = "opus/48000/2", "G722/16000/1", "PCMU/8000/1"
CONFIG = """\
module_path {modules}
sip_listen 127.0.0.1:0
audio_source ausine,{tone_hz}
audio_player aubridge,quiet
audio_alert aubridge,quiet
ausrc_srate 48000
ausrc_channels 2
auplay_srate 48000
auplay_channels 2
snd_path {folder}
module g711.so
module g722.so
module opus.so
module ausine.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
"""


class Baresip:
    """A running baresip with one account and one codec. `dial`: it calls this number at once. Ends on `close`."""

    def __init__(
        self, folder: Path, sip: tuple[str, int], user: str, secret: str,
        codec: str = PCMU, tone_hz: int = 1000, dial: str = "", transport: str = "udp",
    ) -> None:  # fmt: skip
        folder.mkdir()
        self.folder, host = folder, f"{sip[0]}:{sip[1]}"
        address = f"<sip:{user}@{host};transport={transport}>"
        account = f"{address};auth_pass={secret};regint=60;answermode=auto;audio_codecs={codec}\n"
        (folder / "config").write_text(CONFIG.format(modules=MODULES, folder=folder, tone_hz=tone_hz))
        (folder / "accounts").write_text(account)
        (folder / "contacts").write_text("")
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                ["baresip", "-f", str(folder), *(["-e", f"d sip:{dial}@{host}"] if dial else [])],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
            )  # fmt: skip

    def close(self) -> None:
        """Hang up, unregister, end."""
        self._process.terminate()
        try:
            self._process.wait(5)
        finally:
            self._process.kill()
            self._process.communicate()

    def heard(self, freq_hz: float) -> tuple[float, float]:
        """For how many seconds a tone, and little else, came out of its only call's decoder, and the tone's median
        level (rms of 16-bit samples). After `close`."""
        (dump,) = self.folder.glob("dump-*-dec.wav")
        with wave.open(str(dump)) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
            heard: Samples = frames[:: file.getframerate() // RATE, 0]
        parts = np.array_split(heard, max(1, len(heard) // (RATE // 2)))
        levels = [np.sqrt(np.mean(part.astype(float) ** 2)) for part in parts if has_tone(part, freq_hz)]
        return 0.5 * len(levels), float(np.median(levels)) if levels else 0.0
