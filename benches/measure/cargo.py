"""Cargo, without what the caller's environment sets for its own builds."""

import os
import subprocess

from measure.paths import BENCHES, HOME


def environment(target):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARGO_", "RUSTFLAGS"))}
    return {**kept, "CARGO_TARGET_DIR": str(target)}


def cargo(*arguments, target, folder=BENCHES):
    """Returns what it says on its standard output."""
    command = ["cargo", *arguments, "--quiet"]
    return subprocess.run(command, cwd=folder, env=environment(target), check=True, stdout=subprocess.PIPE).stdout


def program(name, features):
    """Builds one that measures; they share a target directory."""
    target = HOME / "shared"
    cargo("build", "--release", "--bin", name, "--features", features, target=target)
    return target / "release" / name
