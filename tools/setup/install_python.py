"""Install the pinned packages of pyproject.toml into this virtual environment, when they changed."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAMP = Path(sys.prefix) / "fxbox-packages"


def main() -> int:
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    if sys.version_info < (3, 11):  # noqa: UP036  # this file runs before anything has looked
        print(f"setup: Python {sys.version.split()[0]} found, 3.11 or newer is needed", file=sys.stderr)
        return 1
    print("setup: installing Python packages", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f"{ROOT}[dev]"],
        check=False,
    )
    if done.returncode:
        print("setup: pip failed; the lines above say why. Check the network, then run make again.", file=sys.stderr)
        return 1
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
