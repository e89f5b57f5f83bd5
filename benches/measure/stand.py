"""The servers with all secrets, and the environment of the programs."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile

from measure import cargo

DELAYS = (0, 5, 20)
SCHEMES = ("http", "https")


class Stand:
    """Servers with a response delay in milliseconds. They stop at the end of the `with` block."""

    def __init__(self, delay):
        self.delay = delay

    def __enter__(self):
        command = [cargo.program("stand", "stand"), str(self.delay)]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.listens = json.loads(self.child.stdout.readline())
        self.files = tempfile.TemporaryDirectory()
        for name in "ABCDEFGHIJ":
            path = pathlib.Path(self.files.name, name)
            path.write_text(f"{name:-<32}")
            path.chmod(0o600)
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()
        self.files.cleanup()

    def environment(self, scheme):
        """Returns the environment of a program."""
        set_by_us = self.listens["environment"]
        return {
            "PATH": os.environ["PATH"],
            # No profiles of the caller, and no configuration of secretspec.
            "HOME": self.files.name,
            "FROM_SECRETS_DIRECTORY": self.files.name,
            "AWS_ENDPOINT_URL": self.listens[scheme],
            # The Python SDK does not use SSL_CERT_FILE.
            "AWS_CA_BUNDLE": set_by_us["SSL_CERT_FILE"],
            "AWS_DEFAULT_REGION": set_by_us["AWS_REGION"],
            **set_by_us,
        }

    def requests(self):
        """Returns the number of requests so far."""
        host, port = self.listens["environment"]["STAND_CALLS"].split(":")
        with socket.create_connection((host, int(port))) as connection:
            return int(connection.makefile().read())
