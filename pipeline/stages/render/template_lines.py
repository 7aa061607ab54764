"""Find the template line that produced a position in the output."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import DictLoader, Environment

# Private-use characters, which occur in no issue and survive rendering.
_MARK = re.compile("\ue000(\\d+):(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line of a template."""

    template: str
    line: int


def find_template_line(
    environment: Environment,
    files: Mapping[str, str],
    name: str,
    values: Mapping[str, Any],
    *,
    source: str,
    offset: int,
) -> TemplateLine | None:
    """The template line that produced byte `offset` of `source`, the rendered template `name` with collapsed spaces.

    Renders again with a mark on each line. White space differs between the two results, so other characters are
    counted.
    """
    names = sorted(files)
    marked = environment.overlay(
        loader=DictLoader({file: _with_marks(environment, index, files[file]) for index, file in enumerate(names)})
    )
    rendered = marked.get_template(name).render(values)
    before = source.encode()[:offset].decode(errors="ignore")
    wanted = sum(not char.isspace() for char in before)
    seen, last, position = 0, None, 0
    for mark in [*_MARK.finditer(rendered), None]:
        end = mark.start() if mark else len(rendered)
        seen += sum(not char.isspace() for char in rendered[position:end])
        if seen > wanted or mark is None:
            break
        last, position = TemplateLine(names[int(mark[1])], int(mark[2])), mark.end()
    return last


def _with_marks(environment: Environment, index: int, source: str) -> str:
    """The template with a mark (its index and the line) at the start of each line that does not begin inside a tag."""
    out: list[str] = []
    for line, kind, text in environment.lex(source):
        if kind == "data":
            first, *rest = text.split("\n")
            out.append(first)
            out.extend(f"\n\ue000{index}:{line + step}\ue001{part}" for step, part in enumerate(rest, 1))
        else:
            out.append(text)
    return "".join(out)
