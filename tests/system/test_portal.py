"""The portal as a process before a made-up core: TLS, slow clients, a core that goes and comes, its own end."""

import contextlib
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from firmware.contract.heartbeat import Beat, Ready, decode
from firmware.supervisor.certificate import ensure, names_for
from firmware.supervisor.programs import Address
from tests.component.core_thread import CoreThread

TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname = False
TRUSTING.verify_mode = ssl.CERT_NONE


class Portal:
    """One portal process on a free port of 127.0.0.1."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = Address(*probe.getsockname())
        self.core, files = folder / "run" / "core.sock", ensure(folder / "keys", self.address)
        self.certificate = files.certificate
        self.pulse, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.pulse.settimeout(10)
        with child:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal", "--core", self.core, "--listen", str(self.address), "--certificate",
                 files.certificate, "--key", files.key, "--heartbeat-fd", str(child.fileno())],
                pass_fds=[child.fileno()], stderr=subprocess.PIPE,
            )  # fmt: skip
        self.ready = decode(self.pulse.recv(4096))

    def get(self, path):
        """Status and body."""
        try:
            with urllib.request.urlopen(f"https://{self.address}{path}", context=TRUSTING, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        _, errors = self.process.communicate(timeout=10)
        self.pulse.close()
        return self.process.returncode, errors.decode()


@pytest.fixture
def portal(tmp_path):
    running = Portal(tmp_path)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_it_starts_beats_and_stops_quietly(portal):
    assert portal.ready == Ready({"portal": f"https://{portal.address}/"})
    first, second = (decode(portal.pulse.recv(4096)) for _ in range(2))
    assert isinstance(first, Beat) and second.counters["loop"] > first.counters["loop"]
    started_s = time.monotonic()
    assert portal.stop() == (0, "")
    assert time.monotonic() - started_s < 1.5


def test_the_core_goes_and_comes(portal):
    assert portal.get("/healthz") == (503, '{"status": "down"}')
    with CoreThread(portal.core):
        status, body = portal.get("/healthz")
        assert status == 200 and json.loads(body) == {"status": "failed", "failed": ["disk"]}
        assert "fxbox_core_up 1" in portal.get("/metrics")[1]
    assert portal.get("/healthz")[0] == 503


def test_a_stream_says_that_telephony_restarts(portal):
    with CoreThread(portal.core) as core:
        cookie = core.do(lambda core: core.cookie("admin"))
        request = urllib.request.Request(
            f"https://{portal.address}/events", headers={"Cookie": f"__Host-session={cookie}"}
        )
        stream = urllib.request.urlopen(request, context=TRUSTING, timeout=10)
        assert stream.readline() == b"retry: 2000\n"
    with stream:
        assert b"event: down" in stream.read()


def test_tls_is_modern_and_the_certificate_fits(portal):
    context = ssl.create_default_context(cafile=portal.certificate)
    with context.wrap_socket(socket.create_connection((portal.address.host, portal.address.port)),
                             server_hostname="127.0.0.1") as secured:  # fmt: skip
        assert secured.version() == "TLSv1.3"
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")
    with socket.create_connection((portal.address.host, portal.address.port)) as plain, pytest.raises(OSError):
        old.wrap_socket(plain).close()


def test_slow_clients_do_not_shut_others_out(portal):
    """200 connections that say nothing, or half a handshake, from seven addresses; another is served within 1 s."""
    slow = []
    try:
        for number in range(200):
            client = socket.socket()
            client.bind((f"127.0.9.{1 + number % 7}", 0))
            client.connect((portal.address.host, portal.address.port))
            slow.append(client)
            if number % 10 == 0:
                client.sendall(b"\x16\x03\x01")
        time.sleep(0.5)
        started_s = time.monotonic()
        assert portal.get("/login")[0] == 200
        assert time.monotonic() - started_s < 1
    finally:
        for client in slow:
            client.close()


def test_one_address_holds_at_most_32_connections(portal):
    clients = [socket.create_connection((portal.address.host, portal.address.port)) for _ in range(40)]
    time.sleep(0.3)
    dropped = 0
    for client in clients:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            dropped += client.recv(1) == b""
        client.close()
    assert dropped == 8
    time.sleep(0.5)
    assert portal.get("/healthz")[0] == 503


def test_many_readers_at_once(portal):
    with CoreThread(portal.core):
        answers = []
        readers = [threading.Thread(target=lambda: answers.append(portal.get("/healthz")[0])) for _ in range(25)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert answers == [200] * 25


def test_the_certificate_is_kept_and_renewed_for_another_address(tmp_path):
    first = ensure(tmp_path, Address("127.0.0.1", 1))
    made = first.certificate.read_bytes()
    assert ensure(tmp_path, Address("127.0.0.1", 2)).certificate.read_bytes() == made
    assert ensure(tmp_path, Address("127.0.0.9", 2)).certificate.read_bytes() != made
    assert first.key.stat().st_mode & 0o777 == 0o600
    shown = subprocess.run(
        ["openssl", "x509", "-in", first.certificate, "-noout", "-text"], capture_output=True, text=True
    )
    assert re.search(r"IP Address:127.0.0.9", shown.stdout) and "prime256v1" in shown.stdout
    assert "IP:127.0.0.1" in names_for(Address("0.0.0.0", 1))
