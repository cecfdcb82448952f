"""Runs one command and prints what it took, as JSON: `measure.py STDOUT STDERR TIMEOUT_S COMMAND...`.

A process of its own, because Node cannot read the resource usage of a child: wall-clock milliseconds from start to
exit, the largest resident set in MB, its processor time, and how busy other processes kept the machine meanwhile.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

KILO = 1 if sys.platform == "darwin" else 1024


def busy_seconds() -> float | None:
    """Processor seconds that all processes have used since boot; None where /proc does not tell."""
    try:
        fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _wait, irq, softirq = (int(field) for field in fields[:7])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    out, err, timeout, *command = sys.argv[1:]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, flags, 0o644),
        (os.POSIX_SPAWN_OPEN, 2, err, flags, 0o644),
    ]
    before = busy_seconds()
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(int(timeout))
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    after = busy_seconds()
    cpu = usage.ru_utime + usage.ru_stime
    others = None
    if before is not None and after is not None:
        others = max(0.0, (after - before - cpu) / seconds / (os.cpu_count() or 1))
    print(
        json.dumps(
            {
                "code": os.waitstatus_to_exitcode(status),
                "ms": seconds * 1000,
                "peakMb": usage.ru_maxrss * KILO / 1e6,
                "cpuMs": cpu * 1000,
                "others": others,
            }
        )
    )


main()
