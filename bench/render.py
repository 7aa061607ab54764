"""How long an edition takes from Issue to message, beside the reference MJML compiler on the same issue, in one run.

`python -m bench.render [rounds]`; the comparison needs Node and `make node`. Ours is the whole chain, templates
loaded: Jinja2, MJML, inlining, the text part, headers and the message. The reference is given the finished MJML: to
compile alone, to compile and inline, and as the command that a shell would run.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.edges.templates import load_templates
from pipeline.stages.check import check_issue
from pipeline.stages.render import Theme, eml_bytes, render_issue
from pipeline.stages.render.chain import collapse, inline, render_text, to_html
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import scrub, template_values
from tests.issues import ISSUE, SENT_AT, pictures_for
from tests.programs import NODE, run_node

WARM = 5
COLD_ROUNDS = 7
# One message in a process of its own: what a command pays before and beside the chain.
COLD = (
    "from pipeline.edges.templates import load_templates; from pipeline.stages.render import *;"
    "from tests.issues import ISSUE, SENT_AT, pictures_for;"
    "eml_bytes(render_issue(ISSUE, templates=load_templates(), theme=Theme(), pictures=pictures_for(ISSUE),"
    " sent_at=SENT_AT))"
)


def median(work: Callable[[], object], rounds: int, warm: int = WARM) -> float:
    """Milliseconds, the median of so many rounds after a few to warm up."""
    for _ in range(warm):
        work()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def cold(command: list[str]) -> float:
    """Milliseconds of a command from start to end, the median of a few."""
    return median(lambda: subprocess.run(command, check=True, capture_output=True), COLD_ROUNDS, warm=1)


def main(rounds: int) -> None:
    """Print each step and the whole, and the share of the reference's time."""
    templates, theme, pictures = load_templates(), Theme(), pictures_for(ISSUE)
    values = template_values(scrub(ISSUE), theme, load_localisation(ISSUE.language, templates.catalogues))
    source = collapse(render_text("issue.mjml.j2", templates, values))
    html = to_html(source, name="issue")
    css = render_text("inline.css.j2", templates, values)
    email = render_issue(ISSUE, templates=templates, theme=theme, pictures=pictures, sent_at=SENT_AT)
    eml = eml_bytes(email)

    def chain() -> object:
        made = render_issue(ISSUE, templates=templates, theme=theme, pictures=pictures, sent_at=SENT_AT)
        return eml_bytes(made)

    steps: dict[str, Callable[[], object]] = {
        "Jinja2, MJML template": lambda: render_text("issue.mjml.j2", templates, values),
        "mrml": lambda: to_html(source, name="issue"),
        "inlining": lambda: inline(html, css),
        "text part": lambda: render_text("issue.txt.j2", templates, values),
        "message": lambda: eml_bytes(email),
        "the whole chain": chain,
        "the gate's checks": lambda: check_issue(email, ISSUE, eml),
    }
    figures = {name: median(work, rounds) for name, work in steps.items()}
    for name, figure in figures.items():
        print(f"{name:24} {figure:8.2f} ms")
    if not (NODE / "node_modules" / "mjml").is_dir():
        print("the reference compiler is not installed; run 'make node'")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "issue.mjml"
        file.write_text(source, encoding="utf-8")
        inlining = Path(folder) / "inlining.mjml"
        style = f'<mj-style inline="inline">{css}</mj-style></mj-head>'
        inlining.write_text(source.replace("</mj-head>", style, 1), encoding="utf-8")
        taken = run_node("bench_mjml.mjs", str(rounds), str(file), str(inlining))
        command = [str(NODE / "node_modules" / ".bin" / "mjml"), str(inlining), "-o", str(Path(folder) / "out.html")]
        theirs, ours_cold = cold(command), cold([sys.executable, "-c", COLD])
    for path, name in ((file, "reference, MJML alone"), (inlining, "reference, inlining too")):
        reference = statistics.median(taken[str(path)])
        ours = figures["mrml"] + (figures["inlining"] if path is inlining else 0)
        print(f"{name:24} {reference:8.2f} ms; ours for the same {ours:.2f} ms, {ours / reference:.2f} of it")
        print(f"{'':24} our whole chain is {figures['the whole chain'] / reference:.2f} of it")
    print(f"{'reference, as a command':24} {theirs:8.0f} ms; a process of ours that makes a message {ours_cold:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
