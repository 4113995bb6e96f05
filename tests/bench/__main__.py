"""`python -m tests.bench`: measure the box under load and print the table; with --against, a second PBX beside it.

The second PBX gets the same loads in turn, A B A B, so that a busy moment of the machine does not count against one of
them. It must know the accounts of --accounts, one a line: caller;secret;callee;secret (callees of three digits, 300 to
499, 100 pairs or more) and let the bench's addresses through: 127.0.0.0/8. It must challenge by MD5 and not mind that
SIPp's credentials name the host alone as URI; or be one that --counted-nonces fits, as another build of ours.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.box import running_box
from tests.bench.house import LoadFailed
from tests.bench.pbx import Account, Pbx
from tests.bench.place import Place
from tests.bench.rounds import Figures, pbx_round, whole_box
from tests.bench.table import table


def parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="each with a fresh box (default: 3)")
    parser.add_argument("--against", metavar="HOST:PORT", help="a second PBX that runs already")
    parser.add_argument("--pid", type=int, action="append", default=[], help="its process; may be given again")
    parser.add_argument("--accounts", type=Path, help="its accounts: caller;secret;callee;secret a line")
    parser.add_argument(
        "--counted-nonces", action="store_true", help="it takes a nonce again with a higher count, as ours does"
    )
    args = parser.parse_args(argv)
    if args.against and not (args.pid and args.accounts):
        parser.error("--against needs --pid and --accounts")
    return args


def second(args: argparse.Namespace) -> Pbx:
    """The PBX of --against."""
    rows = [line.split(";") for line in args.accounts.read_text().split()]
    host, _, port = args.against.rpartition(":")
    callers = tuple(Account(row[0], row[1]) for row in rows)
    callees = tuple(Account(row[2], row[3]) for row in rows)
    return Pbx(args.against, host, int(port), lambda: args.pid, callers, callees, args.counted_nonces)


def measure(args: argparse.Namespace, folder: Path) -> dict[str, list[Figures]]:
    results: dict[str, list[Figures]] = {"fxbox": []}
    for number in range(args.rounds):
        print(f"round {number + 1} of {args.rounds}", flush=True)
        with running_box(folder / f"box{number}") as stand:
            results["fxbox"].append(whole_box(stand) | pbx_round(stand.pbx, stand.place, folder / f"a{number}"))
        if args.against:
            print(f" {args.against}", flush=True)
            other = pbx_round(second(args), Place.somewhere(), folder / f"b{number}")
            results.setdefault(args.against, []).append(other)
    return results


def main(argv: list[str]) -> int:
    args = parse(argv)
    with tempfile.TemporaryDirectory(prefix="fxbox-bench-") as folder:
        try:
            results = measure(args, Path(folder))
        except LoadFailed as reason:
            print(f"no figures: {reason}", file=sys.stderr)
            return 1
    print(f"\nMedian of {args.rounds} rounds; every far end heard its caller's tone, or there would be no table.\n")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
