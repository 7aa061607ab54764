"""completion, man: help for the shell, made from the commands."""

from datetime import UTC, datetime

import click
from click.shell_completion import get_completion_class

from pipeline import __version__

COMPLETION_VARIABLE = "_NEWSLETTER_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion of commands and options for a SHELL.

    bash: newsletter completion bash > ~/.local/share/bash-completion/completions/newsletter

    zsh: newsletter completion zsh > a file _newsletter in a folder of $fpath

    fish: newsletter completion fish > ~/.config/fish/completions/newsletter.fish
    """
    from pipeline.cli import newsletter

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(newsletter, {}, "newsletter", COMPLETION_VARIABLE).source())


@click.command()
def man() -> None:
    """Print the manual page of all commands: newsletter man > newsletter.1; man ./newsletter.1"""
    from pipeline.cli import newsletter

    context = click.Context(newsletter, info_name="newsletter")
    click.echo("\n".join(_page(newsletter, context)))


def _page(group: click.Group, context: click.Context) -> list[str]:
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    lines = [
        f'.TH NEWSLETTER 1 "{today}" "newsletter-pipeline {__version__}" "User commands"',
        ".SH NAME",
        f"newsletter \\- {_text(_first_line(group))}",
        ".SH SYNOPSIS",
        ".B newsletter",
        r"\fICOMMAND\fR [\fIOPTIONS\fR] [\fIARGUMENTS\fR]",
        ".SH COMMANDS",
    ]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        lines += _command(command, click.Context(command, info_name=name, parent=context))
    return [*lines, ".SH EXIT STATUS", _text(group.epilog or "")]


def _command(command: click.Command, context: click.Context) -> list[str]:
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [".SS", rf"\fB{context.command_path}\fR {_text(usage)}", *_paragraphs(command.help or "")]
    for parameter in command.get_params(context):
        if record := parameter.get_help_record(context):
            lines += [".TP", rf"\fB{_text(record[0])}\fR", _text(record[1]) or r"\&"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            lines += _command(inner, click.Context(inner, info_name=name, parent=context))
    return lines


def _paragraphs(help_text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in help_text.split("\n\n"):
        lines += [".PP", _text(" ".join(paragraph.split()))]
    return lines


def _first_line(command: click.Command) -> str:
    return (command.help or "").partition("\n")[0].rstrip(".")


def _text(text: str) -> str:
    """Text in which roff finds no command."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{text}" if text.startswith(".") else text
