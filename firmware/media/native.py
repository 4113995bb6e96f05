"""ctypes view of `fxmedia.so` (firmware/media/native/fxmedia.h). Signatures only; meaning is in bridge.py."""

import ctypes
import os
import sys
from pathlib import Path

LIBRARY = Path(sys.prefix) / "lib" / "fxbox" / "fxmedia.so"


class Event(ctypes.Structure):
    """struct fx_event."""

    _fields_ = [("source", ctypes.c_uint32), ("kind", ctypes.c_uint16), ("code", ctypes.c_uint16)]


class Segment(ctypes.Structure):
    """struct fx_segment."""

    _fields_ = [
        ("f1_hz", ctypes.c_float),
        ("f2_hz", ctypes.c_float),
        ("on_ms", ctypes.c_uint32),
        ("off_ms", ctypes.c_uint32),
    ]


class ProgressTone(ctypes.Structure):
    """struct fx_progress_tone."""

    _fields_ = [
        ("f1_hz", ctypes.c_int),
        ("f2_hz", ctypes.c_int),
        ("on_ms", ctypes.c_int),
        ("off_ms", ctypes.c_int),
    ]


DTMF, TONE, FAX, CALLER_ID, DONE, KEY_SOUND, SILENCE, CALL_KEY = 1, 2, 3, 4, 5, 6, 7, 8
DETECT_DTMF, DETECT_FAX, DETECT_BELL202, DETECT_V23 = 1, 2, 4, 8

_P, _I, _U = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32
_OUT_I, _OUT_U = ctypes.POINTER(_I), ctypes.POINTER(_U)
_SIGNATURES = {
    "fx_events_open": (_I, []),
    "fx_next_id": (_U, []),
    "fx_events_read": (_I, [ctypes.POINTER(Event), _I]),
    "fx_line_create": (_I, [ctypes.c_uint]),
    "fx_line_destroy": (_I, [ctypes.c_uint]),
    "fx_clock_attach": (_I, [_P]),
    "fx_tick": (_I, [_P, _P, ctypes.c_uint, ctypes.c_uint]),
    "fx_ticks": (ctypes.c_uint64, []),
    "fx_tone_create": (_P, [ctypes.POINTER(Segment), ctypes.c_uint, ctypes.c_float, _I, _OUT_I, _OUT_U]),
    "fx_player_create": (_P, [ctypes.POINTER(ctypes.c_char_p), ctypes.c_uint, _I, _OUT_I, _OUT_U]),
    "fx_player_wind": (None, [_P, _I]),
    "fx_recorder_create": (_P, [ctypes.c_char_p, _OUT_I, _OUT_U]),
    "fx_gate_create": (_P, [_OUT_I]),
    "fx_fsk_create": (_P, [ctypes.c_char_p, ctypes.c_uint, _I, ctypes.c_float, _OUT_I, _OUT_U]),
    "fx_detector_create": (
        _P,
        [ctypes.c_uint, ctypes.POINTER(ProgressTone), ctypes.c_uint, ctypes.c_uint, _OUT_I, _OUT_U],
    ),
    "fx_detector_message": (_I, [_P, ctypes.c_char_p, _I]),
    "fx_port_destroy": (None, [_P]),
    "fx_connect": (_I, [_I, _I]),
    "fx_disconnect": (_I, [_I, _I]),
}


def load() -> ctypes.CDLL:
    """Open the module. `import pjsua2` must have happened through `load_pjsua2`, whose symbols it uses."""
    try:
        library = ctypes.CDLL(str(LIBRARY))
    except OSError as error:
        raise RuntimeError(f"{LIBRARY} cannot be loaded ({error}); run `make setup`") from error
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def load_pjsua2() -> None:
    """Import the SIP binding and make its symbols visible to the native module, however it was imported before."""
    try:
        import _pjsua2
        import pjsua2  # noqa: F401
    except ImportError as error:
        raise RuntimeError(f"the SIP library cannot be loaded ({error}); run `make setup`") from error
    ctypes.CDLL(_pjsua2.__file__, mode=os.RTLD_GLOBAL)  # the same copy, now global
    ctypes.CDLL(None).pj_log_set_level(1)  # until the endpoint sets its own


def give_back_memory() -> None:
    """Return freed memory to the kernel (malloc_trim(3)). Takes some milliseconds: not for the loop's thread."""
    ctypes.CDLL(None).malloc_trim(0)
