"""A share of a core, as a small Lambda function has it: 128 MB are 7 % of one.

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
    """Processes that enter share that much of a core; `None` in place of it where no group can be made."""

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
        """Called in the process that is to be limited."""
        (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def __exit__(self, *_):
        if self.group.exists():
            self.group.rmdir()
