"""The command `newsletter`. Each command parses its options, calls run and prints the result."""

import gc
import os
import sys
from importlib import import_module

import click

from pipeline import __version__
from pipeline.cli.manners import TerminatedError, ending_on_sigterm, is_folder_gone, keep_streams
from pipeline.errors import NewsletterError

# Command → (module, one line of help). `newsletter --help` imports none of the modules.
COMMANDS = {
    "init": ("letter", "Create a newsletter of your own in a folder."),
    "config": ("config", "Check the config, show the values in force, or print its schema."),
    "sources": ("sources", "List, add, remove, check, import and export sources."),
    "add": ("add", "Add a page by its address to this week's stories."),
    "fetch": ("stages", "Poll the sources that are due and fetch the pages they link to."),
    "clean": ("stages", "Turn fetched entries, or a page or document, into clean stories."),
    "tag": ("stages", "Tag stories, or the lines of a file, with their language."),
    "dedupe": ("stages", "Fold copies and group stories into events, for the week or for a file."),
    "select": ("stages", "Choose the week's stories around the editor's edits."),
    "write": ("write", "Propose translations and check them against their sources."),
    "render": ("stages", "Render the issue into the outbox."),
    "run": ("run", "Run all stages in order, from the sources to an issue."),
    "check": ("check", "Check an issue in the outbox."),
    "send": ("deliver", "Send an issue to an address as a test."),
    "preview": ("preview", "Open the desk in a browser to view, edit and approve the issue."),
    "approve": ("issues", "Approve an issue and spend its stories."),
    "deliver": ("deliver", "Deliver the approved issue to its mailing list, once."),
    "publish": ("publish", "Hand the approved issue over to a publisher as a draft."),
    "results": ("results", "Read back what readers clicked, and show it."),
    "templates": ("templates", "List the templates, or create one of your own."),
    "status": ("issues", "Show counts for each stage, the health of the sources and the issue."),
    "evaluate": ("evaluate", "Compare past proposals with what the editor approved."),
    "prune": ("store", "Delete old records that no issue refers to."),
    "store": ("store", "Check, back up, repair and shrink the store."),
    "schedule": ("schedule", "Print a crontab line and systemd units."),
    "explain": ("issues", "Show every decision on a story, with rule and figure."),
    "completion": ("shell", "Print the completion of commands and options for a shell."),
    "man": ("shell", "Print the manual page."),
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"pipeline.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            matches = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if matches:
                raise click.UsageError(f"{error.message} Did you mean {matches[0]!r}?", ctx) from error
            raise


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 success; 1 a fault in the program; 2 a wrong command or config; 3 nothing new, no issue; 4 an"
    " issue, but too many sources failed; 5 an issue, but its checks failed; 6 another run holds the lock; 7 a relay"
    " did not accept the issue.",
)
@click.version_option(__version__, prog_name="newsletter")
def newsletter() -> None:
    """Build a weekly multilingual newsletter from feeds, pages and documents."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. An expected error becomes one message on stderr and its exit code."""
    # Imports are half the cost of a short command. During imports the garbage collector finds nothing, and searching
    # for pydantic plugins is wasted time.
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Matrices are small and workers run in parallel: more threads would only wait for each other, using the CPU.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    keep_streams()
    if is_folder_gone():
        sys.exit(_fail("the working directory is gone: change to another one", 2))
    if instruction := os.environ.get("_NEWSLETTER_COMPLETE"):  # a shell asks what may follow
        from click.shell_completion import shell_complete

        sys.exit(shell_complete(newsletter, {}, "newsletter", "_NEWSLETTER_COMPLETE", instruction))
    with ending_on_sigterm():
        code = _run(sys.argv[1:] if arguments is None else arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _run(arguments: list[str]) -> object:
    """Run a command, and return its exit code."""
    try:
        # newsletter.main() would end the process itself.
        with newsletter.make_context("newsletter", arguments) as context:
            code: object = newsletter.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except NewsletterError as error:
        code = _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except TerminatedError:
        code = _fail("terminated", 143)
    except (click.Abort, KeyboardInterrupt):
        code = _fail("interrupted", 130)
    except OSError as error:
        prefix = f"{error.filename}: " if error.filename else "cannot write the output: "
        code = _fail(f"{prefix}{error.strerror or error}", 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _fail(message: str, code: int) -> int:
    """Print an error message and return the exit code."""
    click.echo(f"newsletter: {message}", err=True)
    return code
