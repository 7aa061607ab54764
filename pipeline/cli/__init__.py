"""The command `newsletter`: parse the options, call run, report. Heavy libraries load where they are needed."""

import gc
import os
import sys
from importlib import import_module

import click

from pipeline import __version__
from pipeline.errors import NewsletterError

# Each command's module, and its line of help: `newsletter --help` imports none of them.
COMMANDS = {
    "init": ("letter", "Start a letter of your own in a folder."),
    "sources": ("sources", "List, add, remove, check, import and export sources."),
    "fetch": ("stages", "Poll the sources that are due, and the pages they point to."),
    "clean": ("stages", "Turn entries, or a page or document, into clean stories."),
    "tag": ("stages", "Tag stories, or the lines of a file, with their language."),
    "dedupe": ("stages", "Fold copies and group events, of the week or of a file."),
    "select": ("stages", "Choose the week's stories around the editor's word."),
    "render": ("stages", "Render the issue into the outbox."),
    "run": ("run", "All the stages in their order."),
    "check": ("check", "Hold an issue in the outbox against the gate's rules."),
    "send": ("deliver", "Send an issue to an address, as a test."),
    "preview": ("preview", "Open the desk in a browser: see, choose, word and approve the issue."),
    "approve": ("issues", "Approve an issue: its stories are spent."),
    "deliver": ("deliver", "Hand the approved issue to its list, once."),
    "templates": ("templates", "List the letter's templates, or start one of your own."),
    "status": ("issues", "Counts for each stage, the sources' health, what the issue holds."),
    "prune": ("store", "Delete what is old; never what an issue refers to."),
    "store": ("store", "Check, back up, repair and shrink the store."),
    "schedule": ("schedule", "Print what to give to cron or systemd."),
    "explain": ("issues", "Every decision on one story, with rule and figure."),
}


class _Group(click.Group):
    """Loads a command's module when the command is called."""

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
            formatter.write_dl([(name, said) for name, (_, said) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            if near:
                raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error
            raise


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 a fault of the program; 2 a wrong command or config; 3 no issue; 4 an issue, but too"
    " many sources failed; 5 an issue, but its checks failed; 6 another run is at work; 7 a relay has not taken"
    " the issue.",
)
@click.version_option(__version__, prog_name="newsletter")
def newsletter() -> None:
    """A weekly multilingual newsletter out of feeds, pages and documents."""


def main(arguments: list[str] | None = None) -> None:
    """The entry point; every error on purpose is one message and its exit code."""
    # Half of what a short command costs is imports: the collector finds nothing in them, pydantic no plugins of ours.
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        # Not newsletter.main(): that makes an error of a reader that has closed our output.
        with newsletter.make_context("newsletter", given) as context:
            code = newsletter.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except NewsletterError as error:
        code = _say(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = 2
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = _say("interrupted", 130)
    except BrokenPipeError:
        # The reader of our output has seen enough. Python must not flush into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else "the output could not be written: "
        code = _say(f"{where}{error.strerror or error}", 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str, code: int) -> int:
    click.echo(f"newsletter: {message}", err=True)
    return code
