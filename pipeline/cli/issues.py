"""approve, status, explain."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.records import Story
    from pipeline.run.session import Session


@click.command()
@click.argument("issue", required=False)
@click.option("--withdraw", is_flag=True, help="Take the approval back, until the issue is delivered or sent.")
@common
def approve(call: Call, *, issue: str | None, withdraw: bool) -> None:
    """Approve ISSUE, such as 2026-W47 (this week's by default). It no longer changes, and its stories are spent."""
    with call.session() as session:
        from pipeline.run.approve import approve as approve_issue
        from pipeline.run.approve import withdraw as withdraw_approval

        report = (withdraw_approval if withdraw else approve_issue)(session, issue or session.key)
    call.output(report, says_done=True)


@click.command()
@click.option("--taste", is_flag=True, help="Show what was kept of the proposals of approved issues, and its effect.")
@click.option("--metrics", is_flag=True, help="Print figures of store and last run as Prometheus text.")
@click.option("--health", is_flag=True, help="Say whether last run and store are well; exit code 1 if not.")
@as_json
@common
def status(call: Call, *, taste: bool, metrics: bool, health: bool, as_json: bool) -> int:
    """Show counts for each stage, the health of the sources and this week's issue."""
    if metrics + health + (taste or as_json) > 1:
        raise UsageError("--metrics, --health and the other outputs exclude each other; choose one")
    config = call.config()
    if taste:
        _show_taste(config, call.now(config), as_json=as_json)
        return 0
    if metrics or health:
        return _monitor(config, call.now(config), metrics=metrics)
    from pipeline.run.status import collect_status, format_status

    values = collect_status(config, call.now(config))
    if as_json:
        write_json(values)
    else:
        click.echo("\n".join(format_status(values)))
    return 0


def _monitor(config: "Config", now: datetime, *, metrics: bool) -> int:
    """Print the figures for monitoring, or whether all is well. StoreError if the store cannot be read."""
    from pipeline.run.metrics import ailments, format_metrics
    from pipeline.run.status import collect_status

    values = collect_status(config, now)
    if metrics:
        click.echo("\n".join(format_metrics(config, values)))
        return 0
    faults = ailments(config)
    click.echo("\n".join(faults) or "well")
    return int(bool(faults))


def _show_taste(config: "Config", now: datetime, *, as_json: bool) -> None:
    from pipeline.run.taste import collect_taste, format_taste

    values = collect_taste(config, now)
    if as_json:
        write_json(values)
    else:
        click.echo("\n".join(format_taste(values)))


@click.command()
@click.argument("story")
@click.argument("other", required=False)
@as_json
@common
def explain(call: Call, *, story: str, other: str | None, as_json: bool) -> None:
    """Show every decision on a story, with rule and figure. With OTHER, show why the two are one event or two.

    STORY and OTHER are an id or its first characters, a URL, or words of the title.
    """
    with call.session(writes=False) as session:
        from pipeline.run.explain import explain_story, explain_two_stories, format_explanation

        if other is not None:
            text = explain_two_stories(session, find_story(session, story), find_story(session, other))
            explanation, lines = {"explanation": text}, [text]
        else:
            explanation = explain_story(session, find_story(session, story))
            lines = [*format_explanation(explanation)]
    if as_json:
        write_json(explanation)
    else:
        click.echo("\n".join(lines))


def find_story(session: "Session", words: str) -> "Story":
    """The one story with this id, URL or words in its title. UsageError: there is none, or more than one."""
    matches = session.store.stories.find(words)
    exact = [match for match in matches if words in (match.id, match.url, match.canonical_url)]
    matches = exact[:1] or matches
    if not matches:
        raise UsageError(f"there is no story {words!r}; give an id, a URL, or words of its title")
    if len(matches) > 1:
        listed = "\n".join(f"  {match.id}  {match.title} ({match.outlet})" for match in matches)
        raise UsageError(f"{words!r} matches several stories; give an id:\n{listed}")
    return matches[0]
