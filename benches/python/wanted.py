"""The secrets of the Python programs, as in `src/wanted.rs`: ten secrets, or one with ten JSON keys."""

import sys

NAMES = list("ABCDEFGHIJ")
JSON = "JSON"


def done(values):
    """Prints the total length of the values, and waits until the process has been measured."""
    print(sum(map(len, values)), flush=True)
    sys.stdin.read()
