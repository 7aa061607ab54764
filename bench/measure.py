"""Measure the wall time, CPU time and memory of a command or function, child processes included."""

import contextlib
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NEWSLETTER = (sys.executable, "-c", "from pipeline.cli import main; main()")


@dataclass(frozen=True)
class Cost:
    """Wall seconds, CPU seconds of all processes, and their peak memory in MB with shared pages counted once."""

    wall: float
    cpu: float
    memory: float = 0.0
    output: str = ""


def run(command: Sequence[str], *, cwd: Path | None = None, expect: Sequence[int] = (0,)) -> Cost:
    """Run a command and measure it. Command and children form a process group, whose memory is sampled."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    with _watching(process.pid) as usage:
        output, errors = process.communicate()
    wall = time.perf_counter() - started
    if process.returncode not in expect:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{errors[-2000:]}")
    # The command's own time plus the last sample of each child: nobody waits for most children of a pool.
    own = usage.waited_cpu() - usage.waited_for
    return Cost(wall, own + sum(cpu for pid, cpu in usage.cpu.items() if pid != process.pid), usage.memory, output)


def newsletter(*arguments: str, cwd: Path) -> Cost:
    """Run a `newsletter` command and measure it."""
    return run([*NEWSLETTER, *arguments], cwd=cwd)


def timed(work: Callable[[], object]) -> Cost:
    """Call a function in this process and measure it."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


@dataclass
class _Usage:
    """The sampled usage of a process group."""

    before: resource.struct_rusage
    memory: float = 0.0  # the peak, in megabytes
    cpu: dict[int, float] = field(default_factory=dict)  # process id → seconds
    waited_for: float = 0.0  # CPU seconds of the children that the command has waited for, which are in `cpu` too

    def sample(self, group: int) -> None:
        memory = 0.0
        for pid, ticks, ticks_of_children in _members(group):
            self.cpu[pid] = ticks / os.sysconf("SC_CLK_TCK")
            if pid == group:
                self.waited_for = ticks_of_children / os.sysconf("SC_CLK_TCK")
            memory += _proportional_memory(pid)
        self.memory = max(self.memory, memory)

    def waited_cpu(self) -> float:
        """CPU seconds of the children that this process has waited for since `before`."""
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - self.before.ru_utime - self.before.ru_stime


@contextlib.contextmanager
def _watching(group: int) -> Iterator[_Usage]:
    """Sample a process group ten times a second."""
    usage = _Usage(resource.getrusage(resource.RUSAGE_CHILDREN))
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(0.1):
            usage.sample(group)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield usage
    finally:
        ended.set()
        thread.join()


def _members(group: int) -> Iterator[tuple[int, int, int]]:
    """Yield (process id, its CPU ticks, those of the children that it has waited for) for each process of a group."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 - called often
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    yield int(entry), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


def _proportional_memory(pid: int) -> float:
    """The memory of a process in megabytes, with a share of its shared pages (PSS)."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@dataclass(frozen=True)
class Spread:
    """A figure that was measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def format(self, unit: str = "", digits: int = 2) -> str:
        """The median, and the minimum and maximum if there are several values."""
        text = f"{self.median:,.{digits}f}"
        if len(self.values) > 1:
            text += f" ({min(self.values):,.{digits}f}–{max(self.values):,.{digits}f})"
        return f"{text} {unit}".strip()


def ratios(ones: Sequence[Cost], others: Sequence[Cost], *, of: str = "wall") -> Spread:
    """Divide one figure by the other, round by round."""
    return Spread(tuple(getattr(a, of) / getattr(b, of) for a, b in zip(ones, others, strict=True)))


def spread(costs: Sequence[Cost], of: str = "wall") -> Spread:
    """One figure of several costs: wall, cpu or memory."""
    return Spread(tuple(getattr(cost, of) for cost in costs))


def machine() -> Mapping[str, str]:
    """The machine that runs the benchmark."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    load = os.getloadavg()
    return {
        "Cores": str(os.cpu_count()),
        "Processor": model,
        "Memory": f"{memory:.0f} GB",
        "Python": sys.version.split()[0],
        "Load before the run (1, 5, 15 minutes)": ", ".join(f"{value:.1f}" for value in load),
    }
