"""init: a letter of one's own."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The letter's name; by default the folder's, with a #.")
def init(*, folder: Path, name: str | None) -> None:
    """Start a letter of your own in FOLDER: a commented config.yaml, templates/, letters/ and outbox/.

    Nothing that is there already is overwritten.
    """
    from pipeline.edges.scaffold import create_letter

    written = create_letter(folder, name=name)
    click.echo(f"{folder}: wrote {len(written)} files")
    click.echo("Next: put your sources into config.yaml or add them with 'newsletter sources add ADDRESS', then run")
    click.echo(f"  cd {folder} && newsletter run -v")
