"""Templates to HTML: Jinja2, MJML, and premailer for the style sheet that goes into the elements."""

import functools
import logging
import posixpath
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from xml.parsers import expat

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from mjml import mjml2html
from premailer.premailer import Premailer

from pipeline.errors import ConfigError
from pipeline.records import Templates
from pipeline.stages.render.template_lines import TemplateLine, find_template_line
from pipeline.stages.render.template_values import VOICED, Voice, markdown, markdown_text, plain, safe_link
from pipeline.stages.render.wrap import wrap

_PRE = re.compile(r"(<pre\b.*?</pre\s*>)", re.DOTALL | re.IGNORECASE)
# Not \s: a no-break or ideographic space is there on purpose. A single space is what it becomes, and is passed over.
_SPACES = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")
_BETWEEN_TAGS = re.compile(r"> (?=</?mj)")
_STYLE = re.compile(r"<style(?=[\s>])")
_TAG = re.compile(r'<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>', re.IGNORECASE)
_VALUE = re.compile(r'"[^"]*[<>][^"]*"')
_IGNORED = ' data-premailer="ignore"'
_CLASSES = re.compile(r"\.([\w-]+)")
_ESCAPED = (".mjml.j2", ".html.j2")
_RANGE = re.compile(r"\b(\d+)(?:\.\.|:)\d+")  # how mrml says where: UTF-8 bytes


class IncludeLoader(Protocol):
    """Gives mj-include the text of a path."""

    def __call__(self, path: str) -> str: ...


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox; what was made for templates to read is read without its questions: our records, the voice."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        if attribute in getattr(kind, "__dataclass_fields__", ()) or (kind is Voice and attribute in VOICED):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


@functools.lru_cache(maxsize=8)
def environment(templates: Templates, *, lines: bool) -> ImmutableSandboxedEnvironment:
    """The templates, compiled as they are asked for; text is escaped in those that make markup.

    With `lines`, for plain text, a line that only holds a tag of Jinja's leaves no line. In markup such a line break
    is the space between two words.
    """
    files = dict(templates.files)
    made = _Sandbox(
        # The name as the file name as well: that is what a traceback shows.
        loader=FunctionLoader(lambda name: (files[name], name, None) if name in files else None),
        autoescape=lambda name: name is not None and name.endswith(_ESCAPED),
        undefined=StrictUndefined,
        trim_blocks=lines,
        lstrip_blocks=lines,
    )
    made.filters.update(markdown=markdown, markdown_text=markdown_text, plain=plain, href=safe_link, wrap=wrap)
    return made


def render_text(name: str, templates: Templates, values: Mapping[str, Any]) -> str:
    """A template filled in. ConfigError names the template and its line."""
    try:
        return environment(templates, lines=name.endswith(".txt.j2")).get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise ConfigError(f"{error.name or name}, line {error.lineno}: {error.message}") from error
    except UndefinedError as error:
        raise ConfigError(f"{_where(error, name)}: {error.message}") from error
    except TemplateError as error:
        raise ConfigError(f"{_where(error, name)}: {error}") from error
    except Exception as error:  # a template can divide by zero, or add a number to a word
        raise ConfigError(f"{_where(error, name)}: {type(error).__name__}: {error}") from error


def render_html(name: str, templates: Templates, values: Mapping[str, Any], *, css: str) -> str:
    """The HTML of an MJML template, with the rules of the style sheet `css` set inline."""
    source = collapse(render_text(name, templates, values))

    faults: list[ConfigError] = []

    def include(path: str) -> str:
        try:
            return collapse(render_text(posixpath.normpath(path).lstrip("/"), templates, values))
        except ConfigError as error:  # mrml would say no more than that there was one
            faults.append(error)
            raise

    def origin(offset: int) -> TemplateLine | None:
        return find_template_line(
            environment(templates, lines=False), dict(templates.files), name, values, source=source, offset=offset
        )

    try:
        html = to_html(source, name=name, include=include, origin=origin)
    except ConfigError as error:
        raise (faults[0] if faults else error) from error
    return inline(html, render_text(css, templates, values))


def collapse(source: str) -> str:
    """Runs of white space as one space, outside <pre>, and none before MJML's own tags.

    mrml drops white space between inline elements that begins with a newline, and refuses a space in mj-head.
    """
    parts = _PRE.split(source)
    parts[::2] = [_BETWEEN_TAGS.sub(">", _SPACES.sub(" ", part)) for part in parts[::2]]
    return "".join(parts).strip()


def to_html(
    source: str,
    *,
    name: str,
    include: IncludeLoader | None = None,
    origin: Callable[[int], TemplateLine | None] | None = None,
) -> str:
    """MJML to HTML. ConfigError names the template and, where it can be known, the line."""
    try:
        html = str(mjml2html(source, fonts={}, include_loader=include))
    except ConfigError:
        raise
    except BaseException as error:
        # A Rust panic is a BaseException that has no importable name.
        panic = type(error).__name__ == "PanicException"
        if not panic and not isinstance(error, Exception):
            raise
        raise ConfigError(_mjml_fault(str(error), source, name, origin, panic=panic)) from error
    return html.replace("<!doctype html>", "<!DOCTYPE html>", 1)


def _mjml_fault(
    message: str, source: str, name: str, origin: Callable[[int], TemplateLine | None] | None, *, panic: bool
) -> str:
    # A panic speaks of bytes too, but of those of the piece it was reading.
    ranges = [] if panic else [int(start) for start in _RANGE.findall(message)]
    offset = ranges[-1] if ranges else (_stray(source) if panic else _ill_formed(source))
    found = origin(offset) if origin is not None and offset is not None else None
    where = f"{found.template}, line {found.line}" if found else name
    near = source.encode()[offset : offset + 60].decode(errors="ignore") if offset is not None else ""
    kind = "MJML cannot read this (write > as &gt;, and check for a stray <![endif])" if panic else message
    return f"{where}: {kind}" + (f" at {near!r}" if near else "")


def _stray(source: str) -> int | None:
    """The UTF-8 byte where a `>` stands that closes no tag: what makes mrml panic."""
    stray = re.compile(r"<!--.*?-->|<!\[[^>]*>|<[^<>]*>|(>)", re.DOTALL)
    for found in stray.finditer(source):
        if found[1] or found[0].startswith("<!["):
            return len(source[: found.start()].encode())
    return None


def _ill_formed(source: str) -> int | None:
    """The byte at which the source stops being XML, for the faults that mrml gives no place."""
    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # then an HTML entity is not a fault
    try:
        parser.Parse(source.encode(), True)
    except expat.ExpatError:
        return parser.ErrorByteIndex
    return None


# What premailer is told, beside the page and the sheet: keep what clients need, fetch nothing.
_MANNERS: Mapping[str, Any] = {
    "keep_style_tags": True,
    "strip_important": False,
    "allow_network": False,
    "disable_validation": True,
    "disable_leftover_css": True,
    "remove_unset_properties": False,
    "align_floating_images": False,
    "cssutils_logging_level": logging.CRITICAL,
}


@functools.lru_cache(maxsize=16)
def _rules_of(css: str, index: int) -> tuple[list[tuple[Any, list[str]]], list[Any]]:
    """The rules of a sheet, as premailer reads them, each with the classes it needs; read once, not for every page."""
    premailer = Premailer("<p>", **_MANNERS)  # type: ignore[no-untyped-call]
    rules, leftover = premailer._parse_style_rules(css, index)  # type: ignore[no-untyped-call]
    # Within parentheses a class may be one that an element has not.
    return [(rule, [] if "(" in rule[1] else _CLASSES.findall(rule[1])) for rule in rules], leftover


class _Inliner(Premailer):
    """premailer without what takes most of its time and changes nothing."""

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        rules, leftover = _rules_of(css_body, ruleset_index)
        # Where the page has not even the name of a class, it need not be searched for its elements.
        return [rule for rule, classes in rules if all(name in self.html for name in classes)], list(leftover)

    def _style_to_basic_html_attributes(self, element: Any, style_content: str, force: bool = False) -> None:
        """Nothing: a width of 100% as an attribute is as wide as the picture itself in Outlook."""


def inline(html: str, css: str) -> str:
    """Sets the rules of `css` in the style attributes; style elements and conditional comments stay what they are."""
    premailer = _Inliner(_STYLE.sub(f"<style{_IGNORED}", html), css_text=css, **_MANNERS)  # type: ignore[no-untyped-call]
    done = str(premailer.transform())  # type: ignore[no-untyped-call]
    return _TAG.sub(_escaped_values, done.replace(_IGNORED, ""))


def _escaped_values(tag: re.Match[str]) -> str:
    """A tag without markup in its attributes: some programs look for comments and scripts in the source as it lies."""
    return _VALUE.sub(lambda value: value[0].replace("<", "&lt;").replace(">", "&gt;"), tag[0])


def _where(error: BaseException, name: str) -> str:
    """The innermost line of a template that an error passed through."""
    where = name
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.endswith(".j2"):
            where = f"{frame.filename}, line {frame.lineno}"
    return where
