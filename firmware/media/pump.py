"""The pump: read a period, run the bridge for its length, write a period. One thread, no Python object of a call.

The PCM back end is the clock. While it is away the pump keeps time itself, so that calls between IP phones go on,
and tries it again each second.
"""

import contextlib
import ctypes
import logging
import os
import threading
from collections.abc import Callable

from firmware.clock import SystemClock
from firmware.media.pcm import Pcm, PcmGone

RETRY_S = 1.0
PRIORITY, NICE = 10, -15  # security.md 2.1
CATCH_UP_S = 0.2  # later than this, missed periods are dropped instead of made up

log = logging.getLogger(__name__)


def first_in_line() -> None:
    """Let this thread run before all others where that is allowed: each period is due in milliseconds."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class Pump:
    """Clocks the conference bridge until closed. `enter_thread` registers the thread with pjlib."""

    def __init__(self, native: ctypes.CDLL, pcm: Pcm, enter_thread: Callable[[], None]) -> None:
        self._native, self._pcm, self._enter_thread = native, pcm, enter_thread
        self._closing = threading.Event()
        self._clock = SystemClock()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)
        self.late_periods = 0
        self.attached = False

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        self._enter_thread()
        first_in_line()
        while not self._closing.is_set():
            try:
                self._pcm.open()
                self.attached = True
                log.info("media clock: %s", type(self._pcm).__name__)
                self._with_card()
            except PcmGone as gone:
                if self.attached:
                    log.warning("media clock lost, keeping time without it: %s", gone)
                self.attached = False
                self._without_card()
        self._pcm.close()

    def _with_card(self) -> None:
        pcm, tick = self._pcm, self._native.fx_tick
        playback = ctypes.create_string_buffer(pcm.channels * pcm.period_samples * 2)
        while not self._closing.is_set():
            tick(pcm.read(), playback, pcm.channels, pcm.period_samples)
            pcm.write(playback.raw)

    def _without_card(self) -> None:
        """Tick by the monotonic clock for RETRY_S, or for ever when there is no card to come back."""
        samples = self._pcm.period_samples
        period_s = samples / 8000
        due = self._clock.monotonic_s()
        end = due + RETRY_S
        while not self._closing.is_set() and (due < end or self._pcm.channels == 0):
            due += period_s
            wait_s = due - self._clock.monotonic_s()
            if wait_s > 0:
                self._closing.wait(wait_s)
            elif wait_s < -CATCH_UP_S:
                self.late_periods += 1
                due = self._clock.monotonic_s()
            self._native.fx_tick(None, None, 0, samples)
