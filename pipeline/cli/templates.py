"""templates list | new."""

import click

from pipeline.cli.options import Call, as_json, common, write_json


@click.group()
def templates() -> None:
    """List the templates, or create one of your own."""


@templates.command("list")
@as_json
@common
def list_(call: Call, *, as_json: bool) -> None:
    """List the templates that `template` in the config can name. A star marks the one in use."""
    from pipeline.edges.templates import load_templates, template_names

    config = call.config()
    names = template_names(load_templates(config.templates))
    if as_json:
        write_json([{"name": name, "in_use": name == config.template} for name in names])
        return
    for name in names:
        click.echo(f"{'*' if name == config.template else ' '} {name}")


@templates.command()
@click.argument("name")
@click.option("--from", "origin", default="issue", show_default=True, help="The template to copy.")
@common
def new(call: Call, *, name: str, origin: str) -> None:
    """Copy a template into your own templates folder as NAME, for you to change."""
    from pipeline.edges.templates import copy_template

    config = call.config()
    folder = config.templates or config.folder / "templates"
    for path in copy_template(name, original=origin, folder=folder, own=config.templates):
        click.echo(path)
    missing = [] if config.templates else [f"templates: {folder.name}"]
    lines = "\n".join(f"  {line}" for line in (*missing, f"template: {name}"))
    click.echo(f"To use it, add to {call.config_path}:\n{lines}", err=True)
