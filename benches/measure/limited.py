"""A fraction of a core: a Lambda function with 128 MB has 7 % of a core.

By a control group, version 1 or 2, which needs the right to make one: root, or a delegated one.
"""

import os
import pathlib

PERCENT = 7
PERIOD = 100_000
NAME = "from-secrets-benches"
FIRST = pathlib.Path("/sys/fs/cgroup/cpu")
SECOND = pathlib.Path("/sys/fs/cgroup")


class Limited:
    """Creates a control group with a fraction of a core, or yields `None` if that is not possible."""

    def __enter__(self):
        quota = PERIOD * PERCENT // 100
        try:
            if (SECOND / "cgroup.controllers").exists():
                self.group = SECOND / NAME
                self.group.mkdir(exist_ok=True)
                (self.group / "cpu.max").write_text(f"{quota} {PERIOD}")
            else:
                self.group = FIRST / NAME
                self.group.mkdir(exist_ok=True)
                (self.group / "cpu.cfs_period_us").write_text(str(PERIOD))
                (self.group / "cpu.cfs_quota_us").write_text(str(quota))
        except OSError as error:
            print(f"no starts on {PERCENT} % of a core: {error}")
            return None
        return self.enter

    def enter(self):
        """Moves the calling process into the group."""
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def __exit__(self, *_):
        if self.group.exists():
            self.group.rmdir()
