"""`newsletter add` of a video, a paper or a repository: title, author and date as its page declares them."""

from typing import NamedTuple

import pytest

from tests.hosts import Answer, running_host
from tests.letters import Command, Letter

SITE = '<meta property="og:site_name" content="{}"><meta property="og:type" content="{}">'
LINKS = "".join(f'<a href="/{name}">{name}</a> ' for name in ("about", "press", "terms", "ads", "jobs", "help", "more"))
VIDEO = f"""<!DOCTYPE html><html lang="en"><head><title>Night ferries of Cebu - YouTube</title>
{SITE.format("YouTube", "video.other")}<meta property="og:title" content="Night ferries of Cebu">
<meta property="og:description" content="We ride the last ferry of the day."></head><body>
<div itemscope itemtype="http://schema.org/VideoObject"><meta itemprop="name" content="Night ferries of Cebu">
<span itemprop="author" itemscope itemtype="http://schema.org/Person"><link itemprop="url" href="/@3tides">
<link itemprop="name" content="3Tides"></span><meta itemprop="datePublished" content="2026-11-18T05:00:12-08:00"></div>
<div>{LINKS}<div>© 2026 Google LLC</div></div></body></html>"""
LD_VIDEO = f"""<!DOCTYPE html><html lang="en"><head><title>Night ferries of Cebu</title>
{SITE.format("Reels", "video")}
<script type="application/ld+json">[{{"@type": "VideoObject", "name": "Night ferries of Cebu",
"uploadDate": "2026-11-18T13:00:12Z", "author": {{"@type": "Person", "name": "3Tides"}}}}]
</script></head><body>{LINKS}</body></html>"""
PAPER = f"""<!DOCTYPE html><html lang="en"><head><title>[2611.01234] Tides as Clocks</title>
{SITE.format("arXiv.org", "website")}<meta property="og:title" content="Tides as Clocks">
<meta name="citation_title" content="Tides as Clocks"><meta name="citation_author" content="Okada, Ines">
<meta name="citation_author" content="Nguyen, Van Minh"><meta name="citation_date" content="2026/11/17">
<meta name="citation_abstract" content="A float in a pipe drives the hands of a clock. It errs by four seconds.">
</head><body><h1>Title:Tides as Clocks</h1><div>{LINKS}</div><blockquote>Abstract: A float in a pipe drives the hands of
a clock. It errs by four seconds.</blockquote><p>Labs is a framework that allows collaborators to develop new features
directly on our website.</p></body></html>"""
REPOSITORY = f"""<!DOCTYPE html><html lang="en"><head><title>GitHub - okada/tideclock: Clocks that run on tides</title>
{SITE.format("GitHub", "object")}<meta property="og:title" content="GitHub - okada/tideclock: Clocks that run on tides">
<meta property="og:description" content="Clocks that run on tides. - okada/tideclock"></head><body>{LINKS}
<script type="application/json">{{"repo": {{"name": "tideclock", "createdAt": "2026-11-16T18:38:17.000Z"}}}}</script>
<article class="markdown-body"><h1>tideclock</h1>
<p>A float in a pipe drives the hands of a clock, and this repository has the drawings of the float and the program that
compares nine harbours over three years of storms.</p><p>It needs a harbour with at least one metre of tide, and a
printer for the gears.</p></article></body></html>"""
RELEASE = f"""<!DOCTYPE html><html lang="en"><head><title>Release 2.0 · okada/tideclock · GitHub</title>
{SITE.format("GitHub", "object")}<meta property="og:title" content="Release 2.0 · okada/tideclock">
<meta property="og:description" content="Two harbours more."></head><body>{LINKS}
<relative-time datetime="2026-11-20T09:30:00Z">yesterday</relative-time></body></html>"""


class Work(NamedTuple):
    """A page, what the host is asked for, and what the page declares."""

    url: str
    asked: str
    body: str
    title: str
    authors: list[str]
    published: str


FERRIES = ("Night ferries of Cebu", ["3Tides"], "2026-11-18T13:00:12+00:00")
TIDES = ("Tides as Clocks", ["Ines Okada", "Van Minh Nguyen"], "2026-11-17T00:00:00+00:00")
CLOCKS = ("okada/tideclock: Clocks that run on tides", ["okada"], "2026-11-16T18:38:17+00:00")
SECOND = ("Release 2.0 · okada/tideclock", ["okada"], "2026-11-20T09:30:00+00:00")
WORKS = (
    Work("https://www.youtube.com/watch?v=abc", "/watch?v=abc", VIDEO, *FERRIES),
    Work("https://reels.example/9", "/9", LD_VIDEO, *FERRIES),
    Work("https://arxiv.org/abs/2611.01234", "/abs/2611.01234", PAPER, *TIDES),
    Work("https://arxiv.org/pdf/2611.01234.pdf", "/abs/2611.01234", PAPER, *TIDES),
    Work("https://github.com/okada/tideclock", "/okada/tideclock", REPOSITORY, *CLOCKS),
    Work("https://github.com/okada/tideclock/releases/tag/2", "/okada/tideclock/releases/tag/2", RELEASE, *SECOND),
)


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.url)
def test_a_work_has_what_its_page_declares(newsletter: Command, letter: Letter, work: Work) -> None:
    """And may be a read of the issue; what stands around it on the page is no text of it."""
    with running_host() as host:
        names = ("www.youtube.com", "reels.example", "arxiv.org", "github.com")
        letter.change(fetch={"mirrors": dict.fromkeys(names, host.base), "retries": 0})
        host.answers[work.asked] = Answer(body=work.body.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        done = newsletter.on(letter, "add", work.url, "--read", "--json")
    assert done.code == 0, done.err
    story = done.json
    assert (story["title"], story["authors"], story["published_at"]) == (work.title, work.authors, work.published)
    assert newsletter.on(letter, "run").code == 0
    issue = (letter.folder / "outbox" / "2026-W47" / "issue.txt").read_text(encoding="utf-8")
    assert work.title in issue
    assert "framework" not in issue
    assert "Google LLC" not in issue
