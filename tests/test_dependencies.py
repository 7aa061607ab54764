"""pyproject.toml declares what the program imports."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def imported_packages(folder: Path) -> Iterator[str]:
    """Yield the top-level packages that the modules of a folder import from outside the standard library."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            else:
                continue
            yield from {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"pipeline"}


def normalised(requirement: str) -> str:
    """Return the name of a requirement as indexes compare it."""
    return re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def test_every_imported_package_is_declared() -> None:
    """Also one that another dependency happens to install."""
    optional = PROJECT["optional-dependencies"]
    declared = {
        normalised(line)
        for line in [*PROJECT["dependencies"], *optional["dask"], *optional["heic"], *optional["mailbox"]]
    }
    distributions = packages_distributions()
    missing = {
        package
        for package in imported_packages(ROOT / "pipeline")
        if not {normalised(name) for name in distributions.get(package, [package])} & declared
    }
    assert missing == set()


def test_constraints_are_names_and_versions_only() -> None:
    """No addresses, hashes or options, in the order of the names, and one line for each declared dependency."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert all(re.fullmatch(r"[\w.-]+==[\w.+!]+", line) for line in lines)
    assert lines == sorted(set(lines), key=str.lower)
    declared = {
        *PROJECT["dependencies"],
        *(line for lines in PROJECT["optional-dependencies"].values() for line in lines),
    }
    pinned = {normalised(line) for line in lines}
    assert {normalised(line) for line in declared} - pinned == set()
