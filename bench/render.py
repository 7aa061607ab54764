"""The time from Issue to message for an edition, compared with the reference MJML compiler on the same issue.

    python -m bench.render [ROUNDS]

The comparison needs Node and `make node`. Our chain, with loaded templates, is Jinja2, MJML, inlining, the text part,
headers and the message. The reference gets the finished MJML: to compile, to compile and inline, and as a command.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.edges.templates import load_templates
from pipeline.records import Theme
from pipeline.stages.check import check_issue
from pipeline.stages.render import eml_bytes, render_issue
from pipeline.stages.render.chain import collapse, inline, render_text, to_html
from pipeline.stages.render.localisation import load_localisation
from pipeline.stages.render.template_values import scrub, template_values
from tests.issues import ISSUE, SENT_AT, pictures_for
from tests.programs import NODE, run_node

WARM = 5
COLD_ROUNDS = 7
# One message in a new process: includes the imports that a command pays for.
COLD = (
    "from pipeline.edges.templates import load_templates; from pipeline.records import Theme;"
    "from pipeline.stages.render import eml_bytes, render_issue;"
    "from tests.issues import ISSUE, SENT_AT, pictures_for;"
    "eml_bytes(render_issue(ISSUE, templates=load_templates(), theme=Theme(), pictures=pictures_for(ISSUE),"
    " sent_at=SENT_AT))"
)


def median(function: Callable[[], object], rounds: int, warm: int = WARM) -> float:
    """The median milliseconds of `rounds` calls after `warm` calls."""
    for _ in range(warm):
        function()
    milliseconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        milliseconds.append((time.perf_counter() - start) * 1000)
    return statistics.median(milliseconds)


def median_of_command(command: list[str]) -> float:
    """The median milliseconds of a command, from start to end."""
    return median(lambda: subprocess.run(command, check=True, capture_output=True), COLD_ROUNDS, warm=1)


def main(rounds: int) -> None:
    """Measure each step and the chain, and compare them with the reference."""
    templates, theme, pictures = load_templates(), Theme(), pictures_for(ISSUE)
    values = template_values(scrub(ISSUE), theme, load_localisation(ISSUE.language, templates.catalogues))
    source = collapse(render_text("issue.mjml.j2", templates, values))
    html = to_html(source, name="issue")
    css = render_text("inline.css.j2", templates, values)
    email = render_issue(ISSUE, templates=templates, theme=theme, pictures=pictures, sent_at=SENT_AT)
    eml = eml_bytes(email)

    def chain() -> object:
        rendered = render_issue(ISSUE, templates=templates, theme=theme, pictures=pictures, sent_at=SENT_AT)
        return eml_bytes(rendered)

    steps: dict[str, Callable[[], object]] = {
        "Jinja2, MJML template": lambda: render_text("issue.mjml.j2", templates, values),
        "mrml": lambda: to_html(source, name="issue"),
        "inlining": lambda: inline(html, css),
        "text part": lambda: render_text("issue.txt.j2", templates, values),
        "message": lambda: eml_bytes(email),
        "whole chain": chain,
        "checks": lambda: check_issue(email, ISSUE, eml),
    }
    figures = {name: median(step, rounds) for name, step in steps.items()}
    edition = figures["chain and checks"] = figures["whole chain"] + figures["checks"]
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
        node_times = run_node("bench_mjml.mjs", str(rounds), str(file), str(inlining))
        command = [str(NODE / "node_modules" / ".bin" / "mjml"), str(inlining), "-o", str(Path(folder) / "out.html")]
        theirs, ours_cold = median_of_command(command), median_of_command([sys.executable, "-c", COLD])
    for path, name in ((file, "reference, MJML"), (inlining, "reference, inlining")):
        reference = statistics.median(node_times[str(path)])
        ours = figures["mrml"] + (figures["inlining"] if path is inlining else 0)
        print(f"{name:24} {reference:8.2f} ms; ours {ours:.2f} ms, ratio {ours / reference:.2f}")
        chain_ratio, edition_ratio = figures["whole chain"] / reference, edition / reference
        print(f"{'':24} our whole chain: ratio {chain_ratio:.2f}, with the checks {edition_ratio:.2f}")
    print(f"{'reference, as a command':24} {theirs:8.0f} ms; our process for one message {ours_cold:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
