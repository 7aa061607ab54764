"""init: create a newsletter."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The newsletter's name; by default # and the folder's name.")
def init(*, folder: Path, name: str | None) -> None:
    """Create a newsletter in FOLDER: a commented config.yaml, templates/, letters/ and outbox/.

    Existing files are kept.
    """
    from pipeline.edges.scaffold import create_letter

    written = create_letter(folder, name=name)
    click.echo(f"{folder}: wrote {len(written)} files")
    click.echo("Next: write your sources into config.yaml or add them with 'newsletter sources add ADDRESS', then run")
    click.echo(f"  cd {folder} && newsletter run -v")
