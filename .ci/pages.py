"""What MkDocs does beyond the pages of docs/: the reference of the commands, and links that leave the site."""

import re
from typing import Any

import click
from mkdocs.structure.files import File, Files

from pipeline.cli import newsletter


def on_files(files: Files, config: Any) -> Files:
    """Add the page of the commands."""
    files.append(File.generated(config, "commands.md", content="\n".join(_page())))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Name a file of the repository that is not part of the site, and do not link to it."""
    return re.sub(r"\[`?([^\]`]+)`?\]\(\.\./[^)]+\)", r"`\1`", markdown)


def _page() -> list[str]:
    context = click.Context(newsletter, info_name="newsletter")
    lines = ["# Commands and exit codes", "", newsletter.epilog or "", ""]
    for name in newsletter.list_commands(context):
        command = newsletter.get_command(context, name)
        assert command is not None
        lines += _command(command, click.Context(command, info_name=name, parent=context), level=2)
    return lines


def _command(command: click.Command, context: click.Context, level: int) -> list[str]:
    lines = [f"{'#' * level} {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            lines += _command(inner, click.Context(inner, info_name=name, parent=context), level + 1)
    return lines
