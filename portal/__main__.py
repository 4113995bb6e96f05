"""`python -m portal`: started by the supervisor. Reads its options and serves until SIGTERM."""

import argparse
import sys
from pathlib import Path

from portal.server import Options, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="portal")
    parser.add_argument("--core", type=Path, required=True, metavar="SOCKET", help="socket of the core")
    parser.add_argument("--listen", required=True, metavar="ADDRESS:PORT")
    parser.add_argument("--certificate", type=Path, required=True, metavar="FILE")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE")
    parser.add_argument("--heartbeat-fd", type=int, metavar="N")
    args = parser.parse_args()
    serve(Options(args.core, args.listen, args.certificate, args.key, args.heartbeat_fd))
    return 0


if __name__ == "__main__":
    sys.exit(main())
