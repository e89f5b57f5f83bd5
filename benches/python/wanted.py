"""What the programs here load: ten secrets, or one with ten JSON keys, as `src/wanted.rs` has them."""

import sys

NAMES = list("ABCDEFGHIJ")
JSON = "JSON"


def done(values):
    """Says how long the values are together; whoever measures looks at the process before it ends."""
    print(sum(map(len, values)), flush=True)
    sys.stdin.read()
