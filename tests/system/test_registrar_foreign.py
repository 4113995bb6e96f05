"""Other people's programs register: baresip and SIPp, which know MD5 only."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.baresip import Baresip
from tests.system.sip_harness import HOST, SECRETS, SipBox, sip_box

SIPP = """\
<?xml version="1.0" encoding="ISO-8859-1" ?>
<scenario name="register">
<send><![CDATA[{register}Content-Length: 0

]]></send>
<recv response="401" auth="true"></recv>
<send><![CDATA[{register}[authentication username=104 password={secret}]
Content-Length: 0

]]></send>
<recv response="200"></recv>
</scenario>
"""
REGISTER = """
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:104@[remote_ip]>;tag=[call_number]
To: <sip:104@[remote_ip]>
Call-ID: [call_id]
CSeq: [cseq] REGISTER
Contact: <sip:104@[local_ip]:[local_port]>
User-Agent: SIPp
Max-Forwards: 70
Expires: 120
"""


@pytest.fixture
def box() -> Iterator[SipBox]:
    with sip_box(Path("none")) as running:
        yield running


def until_registered(box: SipBox, extension: str, times: int, within_s: float = 8.0) -> None:
    deadline_s = time.monotonic() + within_s
    while len(box.do("contacts", extension=extension)) != times:
        assert time.monotonic() < deadline_s, box.do("counters")
        time.sleep(0.05)


@pytest.mark.skipif(shutil.which("baresip") is None, reason="baresip is not installed")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_baresip(box: SipBox, tmp_path: Path, transport: str) -> None:
    phone = Baresip(tmp_path / "phone", (HOST, box.port), "103", SECRETS["103"], transport=transport)
    with closing(phone):
        until_registered(box, "103", 1)
        [binding] = box.do("contacts", extension="103")
        assert binding["source"]["transport"] == transport and "baresip" in binding["user_agent"]
    until_registered(box, "103", 0)


@pytest.mark.skipif(shutil.which("sipp") is None, reason="SIPp is not installed")
def test_sipp(box: SipBox, tmp_path: Path) -> None:
    scenario = tmp_path / "register.xml"
    scenario.write_text(SIPP.format(register=REGISTER, secret=SECRETS["104"]))
    done = subprocess.run(
        ["sipp", f"{HOST}:{box.port}", "-sf", str(scenario), "-i", "127.4.0.2", "-m", "10", "-r", "10", "-nostdin"],
        cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    until_registered(box, "104", 1)
