"""fetch, clean, tag, dedupe, select, render: over the store, and some over a file."""

from pathlib import Path

import click

from pipeline.cli.options import Call, as_json, common
from pipeline.errors import UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--force", is_flag=True, help="Poll every source, even those that are not due.")
@click.option("--source", "only", multiple=True, metavar="NAME", help="Poll only this source; can be repeated.")
@as_json
@common
def fetch(call: Call, *, force: bool, only: tuple[str, ...], as_json: bool) -> None:
    """Poll the sources that are due and fetch the article pages they link to."""
    with call.session() as session:
        from pipeline.run.fetch import fetch as fetch_stage

        known = {source.name for source in session.config.sources}
        for name in only:
            if name not in known:
                raise UsageError(f"{call.config_path}: there is no source {name!r}; see 'newsletter sources list'")
        report = fetch_stage(session, force=force, only=only)
    call.output(report, as_json=as_json)


@click.command()
@click.argument("page", type=_FILE, required=False)
@click.option("--url", default="", help="The URL of PAGE, to resolve its links and canonical URL.")
@click.option("--why", is_flag=True, help="With PAGE, print what was removed and by which rule.")
@click.option("--all", "everything", is_flag=True, help="Clean every stored entry again.")
@as_json
@common
def clean(call: Call, *, page: Path | None, url: str, why: bool, everything: bool, as_json: bool) -> None:
    """Turn fetched entries into clean stories; or, without a store, extract the stories of PAGE (- for stdin).

    PAGE is HTML, text, Markdown or a message (.eml). With --json each story is a line: title, authors, outlet, url,
    published, language, role, standfirst, key_points, blocks, truncated, links.
    """
    if page is not None:
        from pipeline.cli.filters import clean_page

        clean_page(page, url=url, why=why, as_json=as_json)
        return
    if url or why:
        raise UsageError("--url and --why need a PAGE: newsletter clean PAGE --url URL")
    with call.session() as session:
        from pipeline.run.clean import clean as clean_stage

        report = clean_stage(session, everything=everything)
    call.output(report, as_json=as_json)


@click.command()
@click.option("--stories", type=_FILE, metavar="FILE", help="Stories as JSON lines: id, title, body, published, …")
@click.option("--clusters", type=_FILE, metavar="OUT", help="The output file; stdout by default.")
@as_json
@common
def dedupe(call: Call, *, stories: Path | None, clusters: Path | None, as_json: bool) -> None:
    """Fold copies and group the week's stories into events; or, without a store, the stories of a file.

    With --stories each output line is {id, cluster, event}: stories with the same cluster are copies of each other,
    stories with the same event report the same happening.
    """
    if stories is not None:
        from pipeline.cli.filters import cluster_stories

        cluster_stories(stories, clusters)
        return
    if clusters is not None:
        raise UsageError("--clusters needs --stories FILE")
    with call.session() as session:
        from pipeline.run.dedupe import dedupe as dedupe_stage

        report = dedupe_stage(session)
    call.output(report, as_json=as_json)


@click.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--all", "everything", is_flag=True, help="Tag every stored story again.")
@as_json
@common
def tag(call: Call, *, file: Path | None, everything: bool, as_json: bool) -> None:
    """Tag stories with their language (BCP 47); or, without a store, each line of FILE (- for stdin)."""
    if file is not None:
        from pipeline.cli.filters import tag_lines

        tag_lines(file, as_json=as_json)
        return
    with call.session() as session:
        from pipeline.run.tag import tag as tag_stage

        report = tag_stage(session, everything=everything)
    call.output(report, as_json=as_json)


@click.command()
@as_json
@common
def select(call: Call, *, as_json: bool) -> int:
    """Choose the week's stories: the editor's pins first, then the best, spread over topics, outlets and languages."""
    with call.session() as session:
        from pipeline.run.select import select as select_stage
        from pipeline.run.session import ISSUE, NO_ISSUE

        report = select_stage(session)
        stored = session.store.issues.get(session.key)
    call.output(report, as_json=as_json)
    return ISSUE if stored and (report.counts["slots"] or stored.status == "approved") else NO_ISSUE


@click.command()
@as_json
@common
def render(call: Call, *, as_json: bool) -> int:
    """Render the selected issue into the outbox: issue.html, issue.txt, issue.eml, issue.json and the pictures."""
    with call.session() as session:
        from pipeline.run.render import render as render_stage
        from pipeline.run.session import ISSUE, ISSUE_BAD

        report = render_stage(session)
    call.output(report, as_json=as_json)
    return ISSUE_BAD if report.counts.get("errors") else ISSUE
