"""The portal's certificate: made by the box for itself, renewed when it runs out or the address changes.

P-256, self-signed, 397 days, all names and addresses that it is reached by as subject alternative names. Made with the
`openssl` program, which every image has, so that no process keeps a library in memory for it. The portal only reads it.
"""

import ipaddress
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware.supervisor.programs import Address

DAYS: Final = 397
RENEW_S: Final = 60 * 24 * 3600


class CertificateError(Exception):
    """No certificate could be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two PEM files and the names that the certificate is for, as openssl writes them."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "portal.crt"

    @property
    def key(self) -> Path:
        return self.folder / "portal.key"

    @property
    def names(self) -> Path:
        return self.folder / "portal.names"

    def fits(self, names: str) -> bool:
        """Whether it is there, is for these names and runs for another 60 days."""
        if not (self.key.exists() and self.names.exists() and self.names.read_text() == names):
            return False
        argv = ["openssl", "x509", "-in", str(self.certificate), "-noout", "-checkend", str(RENEW_S)]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def names_for(address: Address) -> str:
    """The subject alternative names of a portal that listens at the address; of all addresses when it is 0.0.0.0."""
    host = socket.gethostname()
    names = ["DNS:localhost", f"DNS:{host}", f"DNS:{host.partition('.')[0]}.local"]
    listen = ipaddress.ip_address(address.host)
    addresses = {"127.0.0.1", "::1"} | (own_addresses() if listen.is_unspecified else {str(listen)})
    return ",".join([*dict.fromkeys(names), *(f"IP:{one}" for one in sorted(addresses))])


def own_addresses() -> set[str]:
    """What this machine's name stands for, and the address that it would call out from. Nothing is sent."""
    found: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.add(probe.getsockname()[0])
        except OSError:
            return found
    return found


def ensure(folder: Path, address: Address) -> Certificate:
    """The certificate in the folder, made anew when it is missing, for other names or about to end."""
    found, names = Certificate(folder), names_for(address)
    if found.fits(names):
        return found
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", str(DAYS), "-subj", "/CN=fxbox", "-addext", f"subjectAltName={names}",
            "-addext", "extendedKeyUsage=serverAuth", "-addext", "basicConstraints=critical,CA:FALSE",
            "-keyout", f"{found.key}.new", "-out", f"{found.certificate}.new"]  # fmt: skip
    try:
        subprocess.run(argv, check=True, capture_output=True, text=True, umask=0o077)
    except FileNotFoundError:
        raise CertificateError("the program openssl is missing; install the package of that name") from None
    except subprocess.CalledProcessError as error:
        raise CertificateError(f"openssl made no certificate: {error.stderr.strip().splitlines()[-1]}") from None
    os.replace(f"{found.key}.new", found.key)
    os.replace(f"{found.certificate}.new", found.certificate)
    found.names.write_text(names)
    return found
