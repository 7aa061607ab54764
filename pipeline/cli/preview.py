"""preview: open the desk, on which editors finish an issue."""

from pathlib import Path

import click

from pipeline.cli.options import Call, common
from pipeline.errors import UsageError

DEFAULT_PORT = 8470


@click.command()
@click.argument("issue", required=False)
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="The port to listen on; 0 for any free one.")
@click.option("--open/--no-open", "open_browser", default=True, help="Whether to open the desk in a browser.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; other machines need the password in NEWSLETTER_DESK_PASSWORD.",
)
@common
def preview(call: Call, *, issue: str | None, port: int, open_browser: bool, host: str) -> None:
    """Open the desk on ISSUE, such as 2026-W47 (default: this week's, or the newest): edit, approve and send it."""
    import webbrowser

    from pipeline.desk.server import serve_desk
    from pipeline.run.session import STORE_FILE

    def ready(address: str) -> None:
        click.echo(f"The desk is at {address} (stop it with Ctrl-C)")
        if open_browser:
            webbrowser.open(address)

    config = call.config()
    if not (config.state / STORE_FILE).exists():
        run = f"newsletter run{'' if call.config_path == Path('config.yaml') else f' --config {call.config_path}'} -v"
        raise UsageError(f"there is no issue yet; '{run}' makes this week's, then the desk opens on it")
    now = call.now(config) if call.now_text else None
    serve_desk(call.config_path, key=issue, now=now, host=host, port=port, ready=ready)
