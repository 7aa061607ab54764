"""Finds the line of a template that a place in its output comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import DictLoader, Environment

# Private-use characters: no issue holds them, and they survive rendering.
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
    """Where byte `offset` of `source`, the rendered template `name` with its white space collapsed, comes from.

    Renders once more with a mark on each line. White space differs between the two, so the place is found by
    counting the other characters.
    """
    names = sorted(files)
    marked = environment.overlay(
        loader=DictLoader({each: _marked(environment, index, files[each]) for index, each in enumerate(names)})
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


def _marked(environment: Environment, index: int, source: str) -> str:
    """A template with its number and line at the start of each line that begins in its own text, not in a tag."""
    out: list[str] = []
    for line, kind, text in environment.lex(source):
        if kind == "data":
            first, *rest = text.split("\n")
            out.append(first)
            out.extend(f"\n\ue000{index}:{line + step}\ue001{part}" for step, part in enumerate(rest, 1))
        else:
            out.append(text)
    return "".join(out)
