"""ctypes view of the SIP half of `fxmedia.so` (native/fxsip.h). Signatures only; meaning is in hook.py."""

import ctypes
import sys
from pathlib import Path

from firmware.media.native import load_pjsua2

LIBRARY = Path(sys.prefix) / "lib" / "fxbox" / "fxmedia.so"
CONTACTS_MAX = 8
AGENTS_SCANNERS, AGENTS_MD5_ONLY = 0, 1  # enum fx_agents

_I, _U, _T = ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p


class Limits(ctypes.Structure):
    """struct fx_limits."""

    _fields_ = [
        *((name, _U) for name in (
            "unknown_rate", "unknown_burst", "unknown_total", "bound_rate", "bound_burst", "size_unknown", "size_known",
            "headers", "vias", "crypto_lines", "xml_depth", "nonce_s", "sources", "failures", "failures_s",
        )),
        ("ban_s", _U * 3),
        ("delay_s", _U),
    ]  # fmt: skip


class Contact(ctypes.Structure):
    """struct fx_contact."""

    _fields_ = [("uri", _T), ("instance", _T), ("expires_s", ctypes.c_int64)]


class Request(ctypes.Structure):
    """struct fx_request."""

    _fields_ = [
        *((name, _T) for name in ("method", "username", "to_user", "call_id", "user_agent", "source_ip")),
        *((name, _U) for name in ("source_port", "transport", "cseq")),
        *((name, ctypes.c_int32) for name in ("rport", "star", "contacts")),
        ("expires_s", ctypes.c_int64),
        ("contact", Contact * CONTACTS_MAX),
        *((name, _T) for name in (
            "uri_user", "to_uri", "from_uri", "to_tag", "from_tag", "branch", "event", "refer_to", "refer_sub", "local",
        )),
    ]  # fmt: skip


class Notify(ctypes.Structure):
    """struct fx_notify."""

    _fields_ = [
        *((name, _T) for name in (
            "target", "from_uri", "to_uri", "from_tag", "to_tag", "call_id", "contact", "headers", "type", "subtype",
            "body",
        )),
        ("cseq", _U),
        ("token", _U),
    ]  # fmt: skip


INVITE_FIELDS = (
    "call_id", "user", "to_user", "from_user", "from_name", "replaces", "username", "trunk", "ip",
)  # fmt: skip


class Invite(ctypes.Structure):
    """struct fx_invite."""

    _fields_ = [(name, _T) for name in INVITE_FIELDS]


class Ban(ctypes.Structure):
    """struct fx_ban."""

    _fields_ = [("ip", ctypes.c_char * 46), ("seconds", _U), ("level", _U)]


ON_REQUEST = ctypes.CFUNCTYPE(None, ctypes.POINTER(Request))
ON_BAN = ctypes.CFUNCTYPE(None, _T, _U, _U)
ON_NOTIFIED = ctypes.CFUNCTYPE(None, _U, _I)
ON_INVITE = ctypes.CFUNCTYPE(_I, _U, _I, ctypes.POINTER(Invite))
ON_CALL_STATE = ctypes.CFUNCTYPE(None, _U, _I, _I)
ON_CALL_AUDIO = ctypes.CFUNCTYPE(None, _U, _I, _I, _I)
ON_CALL_REINVITED = ctypes.CFUNCTYPE(None, _U, _I)
ON_CALL_MOVED = ctypes.CFUNCTYPE(None, _U, _T)
TAKES_NO_UPDATE, PENDING = -1, -2  # enum fx_not_shown, of fx_call_update and fx_call_reinvite


class CallEvents(ctypes.Structure):
    """struct fx_call_events."""

    _fields_ = [
        ("invite", ON_INVITE), ("state", ON_CALL_STATE), ("audio", ON_CALL_AUDIO), ("moved", ON_CALL_MOVED),
        ("reinvited", ON_CALL_REINVITED),
    ]  # fmt: skip


_SIGNATURES = {
    "fx_sip_install": (_I, [_T, ON_REQUEST, ON_BAN]),
    "fx_sip_remove": (None, []),
    "fx_loop_fd": (_I, []),
    "fx_loop_wait_ms": (_I, [_I]),
    "fx_answer": (_I, [_I, _T]),
    "fx_limits_set": (None, [ctypes.POINTER(Limits)]),
    "fx_accounts_begin": (None, []),
    "fx_accounts_add": (_I, [_T, _T, _T, _I, _U, _T]),
    "fx_accounts_commit": (None, []),
    "fx_trunks_begin": (None, []),
    "fx_trunks_add": (_I, [_T, _T, _U, _U, _U]),
    "fx_trunks_commit": (None, []),
    "fx_exceptions_begin": (None, []),
    "fx_exceptions_add": (_I, [_T, _U, _U]),
    "fx_exceptions_commit": (None, []),
    "fx_heard_set": (_I, [_T]),
    "fx_agents_set": (_I, [_I, _T]),
    "fx_bound_set": (_I, [_T, _U, _T, _U]),
    "fx_bound_drop": (_I, [_T, _U]),
    "fx_calls_serve": (None, [ctypes.POINTER(CallEvents)]),
    "fx_status_text": (_T, [_I]),
    "fx_call_make": (_I, [_U, _I, _T, _T, _T, _T, ctypes.POINTER(_I)]),
    "fx_call_id": (_T, [_I]),
    "fx_call_answer": (_I, [_I, _I, _T]),
    "fx_call_hang_up": (_I, [_I, _I, _T]),
    "fx_call_keys": (_I, [_I, _T]),
    "fx_call_send": (_I, [_I, _T, _T, _T, _T]),
    "fx_call_update": (_I, [_I, _T]),
    "fx_call_reinvite": (_I, [_I, _T]),
    "fx_dialog_is": (_I, [_T, _T, _T]),
    "fx_notified_set": (None, [ON_NOTIFIED]),
    "fx_notify": (_I, [ctypes.POINTER(Notify)]),
    "fx_bans": (_I, [ctypes.POINTER(Ban), _I]),
    "fx_ban_set": (_I, [_T, _U, _U]),
    "fx_counters": (_I, []),
    "fx_counter_name": (_T, [_I]),
    "fx_counter": (ctypes.c_uint64, [_I]),
    "fx_digest": (_I, [_I, *[_T] * 8]),
    "fx_examine": (_I, [_T, _U, _I]),
}


def load() -> ctypes.CDLL:
    """Open the module, and pjsua2 before it. Raises RuntimeError when set-up has not built it."""
    load_pjsua2()
    try:
        library = ctypes.CDLL(str(LIBRARY))
    except OSError as error:
        raise RuntimeError(f"{LIBRARY} cannot be loaded ({error}); run `make setup`") from error
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
