"""Cargo, without the build settings of the caller's environment."""

import os
import subprocess

from measure.paths import BENCHES, HOME


def environment(target):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CARGO_", "RUSTFLAGS"))}
    return {**kept, "CARGO_TARGET_DIR": str(target)}


def cargo(*arguments, target, folder=BENCHES):
    """Runs Cargo, and returns its standard output."""
    command = ["cargo", *arguments, "--quiet"]
    return subprocess.run(command, cwd=folder, env=environment(target), check=True, stdout=subprocess.PIPE).stdout


def program(name, features, profile="release"):
    """Builds a measuring program. All of them share a target directory."""
    target = HOME / "shared"
    cargo("build", "--locked", "--profile", profile, "--bin", name, "--features", features, target=target)
    return target / profile / name
