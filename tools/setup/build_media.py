"""Compile the native module `fxmedia.so` (media ports and SIP guard) when a source changed. It is one library, so that
both halves see the same pjproject: the one inside the Python binding, whose symbols it leaves open.

Runs after build_sip.py, whose headers it compiles against. Standard library only.
"""

import hashlib
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import build_sip

SOURCES = (build_sip.ROOT / "firmware" / "media" / "native", build_sip.ROOT / "firmware" / "sip" / "native")
TARGET = Path(sys.prefix) / "lib" / "fxbox" / "fxmedia.so"
STAMP = TARGET.with_suffix(".stamp")
FLAGS = ["-std=gnu11", "-O2", "-fPIC", "-Wall", "-Wextra", "-Werror", "-DPJ_AUTOCONF=1", "-shared"]
LIBRARIES = ["-Wl,-z,relro,-z,now", "-lspandsp", "-lcrypto", "-lm"]


def files(pattern: str) -> list[Path]:
    return sorted(path for folder in SOURCES for path in folder.glob(pattern))


def fingerprint(sip: Path) -> str:
    """Everything that changes the library, as a hash."""
    digest = hashlib.sha256(" ".join([str(sip), *FLAGS, *LIBRARIES]).encode())
    for path in files("*.[ch]"):
        digest.update(str(path.relative_to(build_sip.ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def command(sip: Path, output: Path) -> list[str]:
    compiler = shlex.split(os.environ.get("CC", "cc"))
    flags = shlex.split((sip / "CFLAGS").read_text()) + FLAGS
    folders = [f"-I{folder}" for folder in SOURCES] + ["-isystem", str(sip / "include")]
    return [*compiler, *flags, *folders, "-o", str(output), *map(str, files("*.c")), *LIBRARIES]


def build() -> None:
    """Compile into a temporary file beside the target, then rename: a running core keeps the old library."""
    sip = build_sip.prefix()
    if not sip.exists():
        raise build_sip.SetupError(f"{sip} is missing: run tools/setup/build_sip.py (make setup) first")
    wanted = fingerprint(sip)
    if TARGET.exists() and STAMP.exists() and STAMP.read_text() == wanted:
        return
    build_sip.say("compiling the native media and SIP module")
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fxmedia-", dir=TARGET.parent) as folder:
        output = Path(folder) / TARGET.name
        try:
            done = subprocess.run(command(sip, output), capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise build_sip.SetupError(f"no C compiler found ({error}): install build-essential") from error
        if done.returncode:
            raise build_sip.SetupError(
                f"the native module did not compile:\n{done.stderr[-4000:]}\n"
                "Usual causes: a package of tools/setup/system-packages.txt is missing, or the source has an error."
            )
        output.rename(TARGET)
    STAMP.write_text(wanted)


def main() -> int:
    try:
        build()
    except build_sip.SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
