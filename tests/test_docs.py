"""The pages for readers and contributors agree with the code and with each other."""

import ast
import contextlib
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from pipeline.cli import COMMANDS, newsletter
from tests.letters import Command, Letter

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples/README.md"]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def without_code(markdown: str) -> str:
    """A page without its code blocks and code spans."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", markdown, flags=re.DOTALL)


def anchors(markdown: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", markdown, flags=re.DOTALL), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def table(markdown: str, heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading, without code marks."""
    block = next(block for block in markdown.split("\n\n") if block.startswith(f"| {heading} |"))
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.strip().splitlines()]
    return [[cell.strip().replace("`", "") for cell in cells] for cells in lines[2:]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_in_the_docs_lead_to_files_and_headings(page: Path) -> None:
    """Relative links name an existing file and, after #, one of its headings."""
    markdown = without_code(page.read_text(encoding="utf-8"))
    links = [*re.findall(r"\]\(([^)\s]+)\)", markdown), *re.findall(r'src="([^"]+)"', markdown)]
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), link


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of each `newsletter` command that a page shows, without what a shell does with its output."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8").replace("\\\n", "")
        fenced = "".join(re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE))
        indented = "".join(re.findall(r"^    .*\n", text, flags=re.MULTILINE))
        for line in re.findall(r"^ *(?:\$ )?newsletter (\w.*)$", fenced + indented, flags=re.MULTILINE):
            command = shlex.split(line, comments=True)
            end = next((at for at, word in enumerate(command) if word in ("|", ">", "&&")), len(command))
            yield page.name, command[:end]


def test_every_command_that_the_docs_show_is_one_that_the_program_takes() -> None:
    """Its names, options and arguments; those of the first pages are run by tests/test_site.py."""
    shown = list(shown_commands())
    assert len({page for page, _ in shown}) > 8
    for page, words in shown:
        group: click.Command = newsletter
        context, rest = click.Context(newsletter), words
        while isinstance(group, click.Group) and rest:
            found = group.get_command(context, rest[0])
            assert found is not None, (page, words)
            context, group, rest = click.Context(found, parent=context), found, rest[1:]
        with contextlib.suppress(click.exceptions.Exit):  # of --help
            try:
                group.make_context("newsletter", rest, parent=context)
            except click.BadParameter as error:
                assert "does not exist" in error.message, (page, words)  # noqa: PT017 - the file is the reader's


def test_the_architecture_page_lists_the_stages_in_the_order_of_a_run(newsletter: Command, letter: Letter) -> None:
    """The first column of its table is the order in which `newsletter run` reports its stages."""
    letter.change(approve="auto")
    stages = list(newsletter.on(letter, "run", "--json").json["stages"])
    assert [row[0] for row in table(ARCHITECTURE, "Stage")] == stages


def test_the_architecture_page_names_every_stage_package() -> None:
    """Each package in pipeline/stages is the pure part of a stage of a run, or of the command `write` or `publish`."""
    packages = {path.parent.name for path in (ROOT / "pipeline" / "stages").glob("*/__init__.py")}
    assert {name for row in table(ARCHITECTURE, "Stage") for name in row[3].split(", ")} | {
        "write",
        "publish",
    } == packages


def test_the_architecture_page_draws_the_layers_that_the_linter_checks() -> None:
    """The same layers in the same order as in the import-linter contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [layer.strip("()") for layer in contracts[0]["layers"]]
    start = ARCHITECTURE.index("```\n__main__ ") + 4
    drawn = [line.split("  ")[0] for line in ARCHITECTURE[start : ARCHITECTURE.index("```", start)].splitlines()]
    assert drawn == layers


def test_the_architecture_page_names_every_dependency() -> None:
    """Each dependency in pyproject.toml is mentioned with what it is for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.match(r"[\w.-]+", requirement) for requirement in project["dependencies"]]
    section = ARCHITECTURE[ARCHITECTURE.index("## Dependencies") :]
    assert [name[0] for name in names if name and not re.search(rf"\b{re.escape(name[0])}\b", section)] == []


def third_party_imports(layer: str) -> Iterator[tuple[str, str]]:
    """Yield (file, package) for each third-party import at the top of a layer's modules."""
    folder = ROOT / "pipeline" / layer
    for path in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module or ""]
            for package in {module.partition(".")[0] for module in modules}:
                if package != "pipeline" and package not in sys.stdlib_module_names:
                    yield path.name, package


@pytest.mark.parametrize("layer", [row[0] for row in table(ARCHITECTURE, "Layer") if row[0] != "stages"])
def test_a_layer_imports_only_the_listed_packages_at_the_top(layer: str) -> None:
    """The start-up rule of docs/architecture.md."""
    listed = dict(table(ARCHITECTURE, "Layer"))[layer]
    allowed = set() if listed == "none" else set(listed.split(", "))
    assert [(file, package) for file, package in third_party_imports(layer) if package not in allowed] == []


def test_the_readme_lists_the_commands_in_the_order_of_the_help() -> None:
    """Every command of `newsletter --help` has a row in the README's table."""
    listed = [row[0].split()[1] for row in table((ROOT / "README.md").read_text(encoding="utf-8"), "Command")]
    assert listed == list(COMMANDS)
