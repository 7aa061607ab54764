"""approve, status, explain."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config


@click.command()
@click.argument("issue", required=False)
@common
def approve(call: Call, *, issue: str | None) -> None:
    """Approve ISSUE, such as 2026-W47 (this week's by default). It no longer changes, and its stories are spent."""
    with call.session() as session:
        from pipeline.run.approve import approve as approve_issue

        report = approve_issue(session, issue or session.key)
    call.output(report)


@click.command()
@click.option("--taste", is_flag=True, help="Show what was kept of the proposals of approved issues, and its effect.")
@as_json
@common
def status(call: Call, *, taste: bool, as_json: bool) -> None:
    """Show counts for each stage, the health of the sources and this week's issue."""
    config = call.config()
    if taste:
        _show_taste(config, call.now(config), as_json=as_json)
        return
    from pipeline.run.status import collect_status, format_status

    values = collect_status(config, call.now(config))
    if as_json:
        write_json(values)
    else:
        click.echo("\n".join(format_status(values)))


def _show_taste(config: "Config", now: datetime, *, as_json: bool) -> None:
    from pipeline.run.taste import collect_taste, format_taste

    values = collect_taste(config, now)
    if as_json:
        write_json(values)
    else:
        click.echo("\n".join(format_taste(values)))


@click.command()
@click.argument("story")
@as_json
@common
def explain(call: Call, *, story: str, as_json: bool) -> None:
    """Show every decision on a story, with rule and figure.

    STORY is an id or its first characters, a URL, or words of the title.
    """
    with call.session(writes=False) as session:
        from pipeline.run.explain import explain_story, format_explanation

        matches = session.store.stories.find(story)
        exact = [match for match in matches if story in (match.id, match.url, match.canonical_url)]
        matches = exact[:1] or matches
        if not matches:
            raise UsageError(f"there is no story {story!r}; give an id, a URL, or words of its title")
        if len(matches) > 1:
            listed = "\n".join(f"  {match.id}  {match.title} ({match.outlet})" for match in matches)
            raise UsageError(f"{story!r} matches several stories; give an id:\n{listed}")
        explanation = explain_story(session, matches[0])
    if as_json:
        write_json(explanation)
    else:
        click.echo("\n".join(format_explanation(explanation)))
