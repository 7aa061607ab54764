"""templates list | new: which templates there are, and how to begin one's own."""

import click

from pipeline.cli.options import Call, as_json, common, write_json


@click.group()
def templates() -> None:
    """List the letter's templates, or start one of your own."""


@templates.command("list")
@as_json
@common
def list_(call: Call, *, as_json: bool) -> None:
    """The templates that `template` in the config can name; the one in use has a star."""
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
@click.option("--from", "origin", default="issue", show_default=True, help="The template to begin with.")
@common
def new(call: Call, *, name: str, origin: str) -> None:
    """Copy a template into the letter's own templates folder under NAME, to be changed there."""
    from pipeline.edges.templates import copy_template

    config = call.config()
    folder = config.templates or config.folder / "templates"
    made = copy_template(name, origin=origin, folder=folder, own=config.templates)
    for path in made:
        click.echo(path)
    missing = [] if config.templates else [f"templates: {folder.name}"]
    lines = "\n".join(f"  {line}" for line in (*missing, f"template: {name}"))
    click.echo(f"To use it, say in {call.config_path}:\n{lines}", err=True)
