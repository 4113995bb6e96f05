"""Build pjproject and its Python binding, once for each version, patch set, flag set and interpreter.

The result lies in the user's cache folder, outside the checkout; the virtual environment only points to it
(`fxbox_sip.pth`). Standard library only: it runs before anything is installed.
"""

import glob
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

VERSION = "2.17"
UPSTREAM = f"https://github.com/pjsip/pjproject/archive/refs/tags/{VERSION}.tar.gz"
UPSTREAM_SHA256 = "065fe06c06788d97c35f563796d59f00ce52fe9558a52d7b490a042a966facce"
# Debian 12's Python may lack the filter; the source's signature or hash has been checked by then.
SAFELY: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
CFLAGS = "-O3 -fPIC -DNDEBUG -fstack-protector-strong -D_FORTIFY_SOURCE=2"
LDFLAGS = "-Wl,-z,relro,-z,now"
CONFIGURE = (  # noqa: SIM905  # reads as on a command line
    "--disable-video --disable-opencore-amr --disable-silk --disable-bcg729 --disable-libyuv --disable-libwebrtc "
    "--disable-libwebrtc-aec3 --disable-ilbc-codec --disable-g7221-codec --disable-speex-codec --disable-gsm-codec "
    "--disable-speex-aec --disable-resample --enable-libsamplerate --with-external-srtp --disable-v4l2 --disable-sdl "
    "--disable-ffmpeg --enable-epoll"
).split()
# What each part of the build takes of the whole, measured; it only drives the progress line.
OBJECTS_TOTAL = 420

ROOT = Path(__file__).resolve().parents[2]
PATCHES = ROOT / "patches" / "pjproject"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fxbox"


class SetupError(Exception):
    """Set-up cannot go on; the message says what the user can do."""


def key() -> str:
    """Everything that changes the binary, as twelve hex digits."""
    parts = [VERSION, CFLAGS, LDFLAGS, *CONFIGURE, platform.machine(), sysconfig.get_config_var("SOABI") or ""]
    digest = hashlib.sha256("\0".join(parts).encode())
    for path in sorted(PATCHES.iterdir()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def prefix() -> Path:
    """Folder of the finished build: `python/` to import from, `include/` to compile the media module against."""
    return CACHE / f"pjproject-{VERSION}-{key()}"


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def run(argv: list[str], cwd: Path, log: Path, env: dict[str, str] | None = None) -> None:
    """Run a build step with its output in `log`; on failure show the log's end and stop."""
    with log.open("ab") as out:
        done = subprocess.run(argv, cwd=cwd, stdout=out, stderr=subprocess.STDOUT, env=env, check=False)
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise SetupError(
            f"`{' '.join(argv[:3])} …` failed ({done.returncode}). The end of {log}:\n{tail}\n"
            "Usual causes: a package of tools/setup/system-packages.txt is missing, or the disk is full."
        )


def mirror() -> str | None:
    """Address of the Debian mirror that this machine itself uses, or None on another distribution."""
    files = glob.glob("/etc/apt/sources.list.d/*.sources") + glob.glob("/etc/apt/sources.list.d/*.list")
    for name in [*files, "/etc/apt/sources.list"]:
        try:
            text = Path(name).read_text()
        except OSError:
            continue
        found = re.search(r"^(?:URIs:|deb(?:\s+\[[^]]*\])?)\s+(https?://\S+/debian)/?\s*", text, re.MULTILINE)
        if found:
            return found.group(1)
    return None


def from_debian(work: Path, log: Path) -> Path | None:
    """Fetch the pjproject component of Debian's asterisk source; apt checks its signature."""
    base, keyring = mirror(), Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    if base is None or not keyring.exists():
        return None
    sources, lists, down = work / "fxbox.sources", work / "lists", work / "debian"
    (lists / "partial").mkdir(parents=True)
    down.mkdir()
    sources.write_text(f"Types: deb-src\nURIs: {base}\nSuites: sid\nComponents: main\nSigned-By: {keyring}\n")
    apt = ["apt-get", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=-",
           "-o", f"Dir::State::lists={lists}", "-o", "APT::Sandbox::User="]  # fmt: skip
    try:
        run([*apt, "update"], down, log)
        run([*apt, "source", "--download-only", "asterisk"], down, log)
    except (SetupError, FileNotFoundError) as error:
        say(f"Debian's source package is not to be had ({str(error).splitlines()[0]}); trying upstream's release")
        return None
    found = list(down.glob("*Xpjproject.tar.xz"))
    return found[0] if found and tree_version(found[0]) == VERSION else None


def tree_version(tarball: Path) -> str:
    """The version that the tarball's version.mak states."""
    with tarfile.open(tarball) as tar:
        for member in tar:
            if member.name.count("/") == 1 and member.name.endswith("/version.mak"):
                handle = tar.extractfile(member)
                text = handle.read().decode() if handle else ""
                numbers = dict(re.findall(r"PJ_VERSION_(MAJOR|MINOR|REV)\s*:=\s*(\d*)", text))
                return ".".join(numbers[part] for part in ("MAJOR", "MINOR", "REV") if numbers.get(part))
    return "unknown"


def from_upstream(work: Path) -> Path | None:
    """Fetch upstream's release and check its SHA-256."""
    target = work / f"pjproject-{VERSION}.tar.gz"
    try:
        with urllib.request.urlopen(UPSTREAM, timeout=15) as answer, target.open("wb") as out:
            shutil.copyfileobj(answer, out)
    except (urllib.error.URLError, OSError) as error:
        say(f"upstream's release is not to be had ({error})")
        return None
    if hashlib.sha256(target.read_bytes()).hexdigest() != UPSTREAM_SHA256:
        raise SetupError(f"{UPSTREAM} does not have the expected SHA-256. Do not build it; report this.")
    return target


def source(work: Path, log: Path) -> Path:
    """The source tarball: from the cache, Debian or upstream, in that order."""
    kept = sorted((CACHE / "src").glob(f"pjproject-{VERSION}.tar.*"))
    if kept:
        return kept[0]
    say(f"fetching pjproject {VERSION}")
    fetched = from_debian(work, log) or from_upstream(work)
    if fetched is None:
        raise SetupError(
            f"no source of pjproject {VERSION} could be fetched. Check the network, or put the release tarball at "
            f"{CACHE / 'src'}/pjproject-{VERSION}.tar.gz and run make again."
        )
    (CACHE / "src").mkdir(parents=True, exist_ok=True)
    target = CACHE / "src" / f"pjproject-{VERSION}.tar.{fetched.name.rsplit('.', 1)[1]}"
    shutil.copy(fetched, target)
    return target


def patch(tree: Path, log: Path) -> None:
    for change in sorted(PATCHES.glob("*.patch")):
        run(["patch", "-p1", "--forward", "-i", str(change)], tree, log)
    shutil.copy(PATCHES / "config_site.h", tree / "pjlib/include/pj/config_site.h")


def compile_tree(tree: Path, log: Path) -> None:
    """Configure and compile the libraries, with a progress line each few seconds."""
    env = {**os.environ, "CFLAGS": CFLAGS, "CXXFLAGS": CFLAGS, "LDFLAGS": LDFLAGS}
    run(["./configure", *CONFIGURE], tree, log, env)
    run(["make", "dep"], tree, log, env)
    with log.open("ab") as out:
        make = subprocess.Popen(
            ["make", f"-j{os.cpu_count() or 1}", "lib"], cwd=tree, stdout=out, stderr=subprocess.STDOUT, env=env
        )
        while make.poll() is None:
            time.sleep(2)
            done = sum(1 for _ in tree.rglob("*.o"))
            show(f"compiling pjproject: {min(99, done * 100 // OBJECTS_TOTAL)} %")
    show("")
    if make.returncode:
        run(["make", "lib"], tree, log, env)  # one job: the log now ends with the error


def show(text: str) -> None:
    """Rewrite the progress line on a terminal; a log gets nothing."""
    if sys.stdout.isatty():
        print(f"\r\x1b[K{'setup: ' if text else ''}{text}", end="", flush=True)


def compile_binding(tree: Path, log: Path) -> Path:
    """Generate and compile pjsua2 for this interpreter."""
    folder = tree / "pjsip-apps/src/swig/python"
    say("compiling the Python binding (about 3 minutes)")
    env = {**os.environ, "CFLAGS": CFLAGS, "LDFLAGS": LDFLAGS}
    run(["make", "pjsua2_wrap.cpp"], folder, log, env)
    run([sys.executable, "setup.py", "build_ext", "--inplace"], folder, log, env)
    return folder


def keep(tree: Path, binding: Path, target: Path) -> None:
    """Move what later steps need to the cache; a half-made folder never carries the final name."""
    parts = target.with_suffix(".part")
    shutil.rmtree(parts, ignore_errors=True)
    (parts / "python").mkdir(parents=True)
    shutil.copy(binding / "pjsua2.py", parts / "python")
    library = next(binding.glob("_pjsua2*.so"))
    shutil.copy(library, parts / "python" / library.name)
    subprocess.run(["strip", "--strip-debug", str(parts / "python" / library.name)], check=True)
    for name in ("pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip"):
        shutil.copytree(tree / name / "include", parts / "include", dirs_exist_ok=True)
    (parts / "CFLAGS").write_text(CFLAGS + "\n")
    parts.rename(target)


def build() -> Path:
    """Return the finished build's folder, making it first if the cache has none."""
    target = prefix()
    if target.exists():
        return target
    started = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / "build.log"
    log.write_bytes(b"")
    say(f"building pjproject {VERSION}, once (about 7 minutes on two cores; log: {log})")
    with tempfile.TemporaryDirectory(prefix="fxbox-sip-", dir=CACHE) as name:
        work = Path(name)
        with tarfile.open(source(work, log)) as tar:
            tar.extractall(work / "tree", **SAFELY)
        tree = next((work / "tree").iterdir())
        patch(tree, log)
        compile_tree(tree, log)
        keep(tree, compile_binding(tree, log), target)
    say(f"pjproject {VERSION} is ready after {time.monotonic() - started:.0f} s")
    return target


def main() -> int:
    try:
        target = build()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    site = Path(sysconfig.get_path("purelib"))
    (site / "fxbox_sip.pth").write_text(f"{target / 'python'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
