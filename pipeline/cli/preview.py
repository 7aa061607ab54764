"""preview: the desk, where an editor makes the issue."""

import click

from pipeline.cli.options import Call, common

DEFAULT_PORT = 8470


@click.command()
@click.argument("issue", required=False)
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="The port; 0 takes any that is free.")
@click.option("--open/--no-open", "opens", default=True, help="Whether a browser is opened on it.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; beyond this machine only with a password in NEWSLETTER_DESK_PASSWORD.",
)
@common
def preview(call: Call, *, issue: str | None, port: int, opens: bool, host: str) -> None:
    """Open the desk on ISSUE, such as 2026-W47 (this week's, else the newest): see, choose, word and approve it."""
    import webbrowser

    from pipeline.desk.server import serve_desk

    def ready(address: str) -> None:
        click.echo(f"The desk is at {address} (Ctrl-C ends it)")
        if opens:
            webbrowser.open(address)

    config = call.config()
    now = call.now(config) if call.now_text else None
    serve_desk(call.config_path, key=issue, now=now, host=host, port=port, ready=ready)
