"""add: a page by its address."""

from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.run.add import Added, Placement

_SECTIONS = {"features": "feature", "reads": "read"}


@click.command()
@click.argument("url")
@click.option("--feature", "section", flag_value="features", help="Pin the story as a feature.")
@click.option("--read", "section", flag_value="reads", help="Pin the story as a suggested read.")
@click.option(
    "--edition", "editions", multiple=True, metavar="NAME", help="Pin it in this edition only; can be repeated."
)
@as_json
@common
def add(call: Call, *, url: str, section: str | None, editions: tuple[str, ...], as_json: bool) -> None:
    """Fetch the page at URL and make its story a candidate of this week's issue, whatever its date.

    robots.txt and the limits of the config hold as for any page. A page whose story is known is not fetched again. The
    next run, or the desk, puts a pinned story into the issue.
    """
    from pipeline.run.add import Placement, add_page, fetch_page, find_known, page_address

    if editions and not section:
        raise UsageError("--edition says where to pin the story: add --feature or --read")
    config = call.config()
    address = page_address(url)
    fetched = None if find_known(config, address) else fetch_page(config, address, now=call.now(config))
    placement = Placement("features" if section == "features" else "reads", editions) if section else None
    with call.session() as session:
        added = add_page(session, address, fetched, placement)
    for notice in added.notices:
        click.echo(f"add: {notice}", err=True)
    if as_json:
        write_json(_as_values(added, placement))
    else:
        click.echo(_line(added, placement))


def _as_values(added: "Added", placement: "Placement | None") -> dict[str, object]:
    from pipeline.records import to_json

    story = added.story
    names = ("id", "title", "authors", "outlet", "url", "published_at", "language")
    values: dict[str, object] = {name: to_json(getattr(story, name)) for name in names}
    section = placement.section if placement else None
    return {**values, "known": added.known, "copy_of": added.copy_of, "section": section, "pinned": list(added.pinned)}


def _line(added: "Added", placement: "Placement | None") -> str:
    """What was added, in a line."""
    story = added.story
    date = f"{story.published_at:%Y-%m-%d}" if story.published_at else "undated"
    details = ", ".join(filter(None, (story.outlet, *story.authors, story.language, date)))
    line = f"{'known' if added.known else 'added'} {story.id}: {story.title} ({details})"
    line += f"; a copy of {added.copy_of}" if added.copy_of else ""
    if placement:
        line += f"; pinned as a {_SECTIONS[placement.section]} in {', '.join(added.pinned)}"
    return line
