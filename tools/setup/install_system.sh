#!/usr/bin/env bash
# Install what tools/setup/system-packages.txt lists and is not there yet. Needs root or sudo only then.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
missing=()
while read -r name; do
    dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
done < <(grep -v '^#' "$here/system-packages.txt")
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "setup: apt-get not found. fxbox sets itself up on Debian 12 or newer and Ubuntu 24.04." >&2
    echo "setup: elsewhere, install the counterparts of: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: run as root, or install sudo, to add: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
echo "setup: installing ${#missing[@]} system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    { echo "setup: apt-get could not install them; the lines above say why. Mend it and run make again." >&2; exit 1; }
