"""config schema | check | show."""

from typing import Any

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError


@click.group()
def config() -> None:
    """Check the config, show the values in force, or print its schema for editors."""


@config.command()
def schema() -> None:
    """Print the JSON Schema of config.yaml, with which editors complete and check keys while you type.

    `init` writes it next to the config. After an upgrade: newsletter config schema > config.schema.json
    """
    from pipeline.config.schema import config_schema

    write_json(config_schema())


@config.command()
@common
def check(call: Call) -> None:
    """Read the config and report every mistake with its line and key; exit code 2 if there is one."""
    made = call.config()
    count = len(made.sources)
    editions = ", ".join(edition.name for edition in made.editions)
    click.echo(f"{call.config_path}: right: {count} source{'s' * (count != 1)}; editions {editions}")


@config.command()
@click.argument("key", required=False)
@click.option("--effective", is_flag=True, help="Show every value in force, also those by default.")
@as_json
@common
def show(call: Call, *, key: str | None, effective: bool, as_json: bool) -> None:
    """Show the values of the config, or of one KEY such as select.weights. Variables stay names: no secret is shown."""
    import yaml

    from pipeline.config.effective import effective_values, given_values

    made = call.config()
    values: Any = effective_values(made, call.config_path) if effective else given_values(call.config_path)
    for part in (key or "").split(".") if key else ():
        place = int(part) if part.isdecimal() and isinstance(values, list) else part
        try:
            values = values[place]
        except (KeyError, IndexError, TypeError) as error:
            hint = "" if effective else "; with --effective also values by default are shown"
            raise UsageError(f"{key}: the config has no such key{hint}") from error
    if as_json:
        write_json(values)
    else:
        click.echo(
            yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100).removesuffix("...\n").rstrip()
        )
