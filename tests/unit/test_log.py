"""Log lines: no control characters of strangers, no secrets, JSON in files and short lines on the terminal."""

import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.log import JsonLines, Lines, printable, redacted


@given(st.text())
def test_remote_text_is_short_plain_ascii(text):
    shown = printable(text)
    assert (len(shown) <= 120 and shown.isascii() and shown.isprintable()) or shown == ""


def test_printable():
    assert printable("sip:104@box\r\nVia: x\x1b[31m\u202eé") == "sip:104@box??Via: x?[31m??"
    assert printable("a" * 121) == "a" * 117 + "..."
    assert printable("a" * 120) == "a" * 120


@pytest.mark.parametrize("line", [
    'Authorization: Digest username="104", response="CANARY"',
    'Proxy-Authorization: Digest nonce="x", response="CANARY"\r\nVia: y',
    "authorization: Bearer CANARY",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:CANARY",
    "pin=CANARY", "PIN: CANARY", "secret='CANARY CANARY'", '{"password": "CANARY"}', "ha1=CANARY,", "token=CANARY",
    "cookie: CANARY", "passwd = CANARY",
])  # fmt: skip
def test_secrets_never_reach_the_log(line):
    assert "CANARY" not in redacted(line) and "***" in redacted(line)


@pytest.mark.parametrize("line", ["fxs1 off hook", "spinning up", "token ring", "call 17 from 104 to 107", "pins 3"])
def test_other_lines_stay_as_they_are(line):
    assert redacted(line) == line


def record(level=logging.INFO, text="%s is up", *args, error=None):
    exception = (type(error), error, None) if error else None
    return logging.LogRecord("firmware.x", level, "x.py", 1, text, args, exception)


def test_formats():
    assert Lines("core").format(record(logging.INFO, "%s is up", "fxs1")).endswith(" core: fxs1 is up")
    broken = record(logging.ERROR, "call failed", error=ValueError("secret=abc"))
    assert Lines("core").format(broken).endswith("core: error: call failed (ValueError: secret=***)")
    entry = json.loads(JsonLines().format(broken))
    assert entry["text"] == "call failed" and entry["level"] == "error" and entry["from"] == "firmware.x"
    assert "ValueError" in entry["trace"] and "abc" not in entry["trace"]


def test_both_sinks_of_a_process(tmp_path):
    code = """
import logging, sys
from pathlib import Path
from firmware.log import start_log
start_log("probe", Path(sys.argv[1]))
log = logging.getLogger("a.b")
log.info("quiet %d", 1)
try:
    1 / 0
except ZeroDivisionError:
    log.exception("loud")
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stderr.count("\n") == 1 and "probe: error: loud (ZeroDivisionError: division by zero)" in done.stderr
    quiet, loud = (json.loads(line) for line in (tmp_path / "probe.log").read_text().splitlines())
    assert quiet["text"] == "quiet 1" and "Traceback" in loud["trace"]
