"""Clocks: what a command or a function costs in wall time, CPU and memory, its children with it."""

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
    """Seconds, seconds of CPU in all processes, and the most megabytes they held together (each shared page once)."""

    wall: float
    cpu: float
    memory: float = 0.0
    output: str = ""


def run(command: Sequence[str], *, cwd: Path | None = None, expect: Sequence[int] = (0,)) -> Cost:
    """What a command costs. It and its children are a process group, whose memory is sampled."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    )
    with _watching(process.pid) as seen:
        output, errors = process.communicate()
    wall = time.perf_counter() - started
    if process.returncode not in expect:
        raise RuntimeError(f"{' '.join(command)}: exit code {process.returncode}\n{errors[-2000:]}")
    # The command's own time, and of each child the last that was seen: a pool's children are nobody's to wait for.
    own = seen.reaped()
    return Cost(wall, own + sum(cpu for pid, cpu in seen.cpu.items() if pid != process.pid), seen.memory, output)


def newsletter(*arguments: str, cwd: Path) -> Cost:
    """What a command of the pipeline costs."""
    return run([*NEWSLETTER, *arguments], cwd=cwd)


def timed(work: Callable[[], object]) -> Cost:
    """What a function costs in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


@dataclass
class _Watch:
    """What a process group was seen to use."""

    before: resource.struct_rusage
    memory: float = 0.0  # the most at one time, in megabytes
    cpu: dict[int, float] = field(default_factory=dict)  # seconds, by process

    def look(self, group: int) -> None:
        held = 0.0
        for pid, ticks in _members(group):
            self.cpu[pid] = ticks / os.sysconf("SC_CLK_TCK")
            held += _held(pid)
        self.memory = max(self.memory, held)

    def reaped(self) -> float:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - self.before.ru_utime - self.before.ru_stime


@contextlib.contextmanager
def _watching(group: int) -> Iterator[_Watch]:
    """Look at a process group ten times a second for as long as this lasts."""
    watch = _Watch(resource.getrusage(resource.RUSAGE_CHILDREN))
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            watch.look(group)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def _members(group: int) -> Iterator[tuple[int, int]]:
    """The processes of a group, and the ticks of CPU each has used itself."""
    for entry in os.listdir("/proc"):  # noqa: PTH208 - often
        if entry.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    yield int(entry), int(fields[11]) + int(fields[12])


def _held(pid: int) -> float:
    with contextlib.suppress(OSError, IndexError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@dataclass(frozen=True)
class Spread:
    """A figure measured several times."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def told(self, unit: str = "", digits: int = 2) -> str:
        """The median, and the least and the most where there is more than one."""
        text = f"{self.middle:,.{digits}f}"
        if len(self.values) > 1:
            text += f" ({min(self.values):,.{digits}f}–{max(self.values):,.{digits}f})"
        return f"{text} {unit}".strip()


def ratios(ones: Sequence[Cost], others: Sequence[Cost], *, of: str = "wall") -> Spread:
    """One over the other, turn by turn."""
    return Spread(tuple(getattr(a, of) / getattr(b, of) for a, b in zip(ones, others, strict=True)))


def spread(costs: Sequence[Cost], of: str = "wall") -> Spread:
    """A figure of several costs."""
    return Spread(tuple(getattr(cost, of) for cost in costs))


def machine() -> Mapping[str, str]:
    """What it was measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    load = os.getloadavg()
    return {
        "Cores": str(os.cpu_count()),
        "Processor": model,
        "Memory": f"{memory:.0f} GB",
        "Python": sys.version.split()[0],
        "Load before it began (1, 5, 15 minutes)": ", ".join(f"{value:.1f}" for value in load),
    }
