"""approve, status, explain: what an issue is, how things stand, and why."""

import click

from pipeline.cli.options import Call, as_json, common, write_json
from pipeline.errors import UsageError


@click.command()
@click.argument("issue", required=False)
@common
def approve(call: Call, *, issue: str | None) -> None:
    """Approve ISSUE, such as 2026-W47 (this week's by default): it stays as it is, and its stories are spent."""
    with call.session() as session:
        from pipeline.run.approve import approve as approve_issue

        report = approve_issue(session, issue or session.key)
    call.tell(report)


@click.command()
@as_json
@common
def status(call: Call, *, as_json: bool) -> None:
    """Counts for each stage, the sources and their health, what the issue holds."""
    config = call.config()
    from pipeline.run.status import account_of, status_lines

    account = account_of(config, call.now(config))
    if as_json:
        write_json(account)
    else:
        for line in status_lines(account):
            click.echo(line)


@click.command()
@click.argument("story")
@as_json
@common
def explain(call: Call, *, story: str, as_json: bool) -> None:
    """Every decision on STORY, with rule and figure: an id or its beginning, an address, or words of the title."""
    with call.session(writes=False) as session:
        from pipeline.run.explain import explain_lines, explanation_of

        found = session.store.stories.find(story)
        exact = [each for each in found if story in (each.id, each.url, each.canonical_url)]
        found = exact[:1] or found
        if not found:
            raise UsageError(f"no story is kept under {story!r}; give an id, an address, or words of its title")
        if len(found) > 1:
            listed = "\n".join(f"  {each.id}  {each.title} ({each.outlet})" for each in found)
            raise UsageError(f"{story!r} may be any of these; give an id:\n{listed}")
        explanation = explanation_of(session, found[0])
    if as_json:
        write_json(explanation)
    else:
        for line in explain_lines(explanation):
            click.echo(line)
