"""From templates to HTML: Jinja2, MJML, and premailer for the style sheet that is set inline."""

import functools
import logging
import posixpath
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from xml.parsers import expat

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from mjml import mjml2html
from premailer.premailer import Premailer

from pipeline.errors import ConfigError
from pipeline.records import Issue, Templates
from pipeline.stages.render.template_lines import TemplateLine, find_template_line
from pipeline.stages.render.template_values import (
    VOICE_ATTRIBUTES,
    Voice,
    issue_link,
    markdown,
    markdown_text,
    plain,
    safe_link,
)
from pipeline.stages.render.wrap import wrap

_PRE = re.compile(r"(<pre\b.*?</pre\s*>)", re.DOTALL | re.IGNORECASE)
# Not \s, because no-break and ideographic spaces are intended. A single space needs no replacement.
_SPACES = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")
_BETWEEN_TAGS = re.compile(r"> (?=</?mj)")
_STYLE = re.compile(r"<style(?=[\s>])")
_TAG = re.compile(r'<[a-z][^<>"]*(?:"[^"]*"[^<>"]*)*>', re.IGNORECASE)
_BRACKET_IN_VALUE = re.compile(r'="[^"<>]*[<>]')
_VALUE = re.compile(r'"[^"]*[<>][^"]*"')
# mrml prints attributes, and the title as one, in Rust's debug form: \u{e39} for a Thai vowel, two backslashes for one.
# It leaves character references alone.
_NOT_FOR_MRML = re.compile(r"[^ -\[\]-~]")
_REFERENCE = re.compile("&#x0([0-9A-F]+);")
_ATTRIBUTES = re.compile(r"""<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>|(?<=<mj-title>)[^<]*""", re.IGNORECASE)
_IGNORED = ' data-premailer="ignore"'
_CLASS_VALUES = re.compile(r"""\bclass\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
_CLASSES = re.compile(r"\.([\w-]+)")
_ESCAPED = (".mjml.j2", ".html.j2")
_RANGE = re.compile(r"\b(\d+)(?:\.\.|:)\d+")  # how mrml gives positions: UTF-8 bytes


class IncludeLoader(Protocol):
    """Loads the text of a path for mj-include."""

    def __call__(self, path: str) -> str: ...


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, without its checks for the fields of records and the functions of Voice: they are all safe."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        kind = type(obj)
        if attribute in getattr(kind, "__dataclass_fields__", ()) or (kind is Voice and attribute in VOICE_ATTRIBUTES):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


@functools.lru_cache(maxsize=8)
def environment(templates: Templates, *, lines: bool) -> ImmutableSandboxedEnvironment:
    """The Jinja environment of a template folder; text is escaped in templates that produce markup.

    With `lines`, for plain text, a line with nothing but a Jinja tag leaves no line. In markup its line break is kept,
    because it may be the only space between two words.
    """
    files = dict(templates.files)
    sandbox = _Sandbox(
        # The name is also given as the file name, which a traceback shows.
        loader=FunctionLoader(lambda name: (files[name], name, None) if name in files else None),
        autoescape=lambda name: name is not None and name.endswith(_ESCAPED),
        undefined=StrictUndefined,
        trim_blocks=lines,
        lstrip_blocks=lines,
    )
    sandbox.filters.update(markdown=markdown, markdown_text=markdown_text, plain=plain, href=_href, wrap=wrap)
    return sandbox


@pass_context
def _href(context: Context, url: str | None) -> str | None:
    """The address of a link, safe and without what tracks readers; None where there is none."""
    issue = context.get("issue")
    return issue_link(issue, url) if isinstance(issue, Issue) else safe_link(url)


def render_text(name: str, templates: Templates, values: Mapping[str, Any]) -> str:
    """Render a template. ConfigError names the template and its line."""
    try:
        return environment(templates, lines=name.endswith(".txt.j2")).get_template(name).render(values)
    except TemplateSyntaxError as error:
        raise ConfigError(f"{error.name or name}, line {error.lineno}: {error.message}") from error
    except UndefinedError as error:
        raise ConfigError(f"{_location(error, name)}: {error.message}") from error
    except TemplateError as error:
        raise ConfigError(f"{_location(error, name)}: {error}") from error
    except Exception as error:  # a template can divide by zero, or add a number to a text
        raise ConfigError(f"{_location(error, name)}: {type(error).__name__}: {error}") from error


def render_html(name: str, templates: Templates, values: Mapping[str, Any], *, css: str) -> str:
    """Render an MJML template to HTML, with the rules of the style sheet `css` set inline."""
    source = collapse(render_text(name, templates, values))

    faults: list[ConfigError] = []

    def include(path: str) -> str:
        try:
            return collapse(render_text(posixpath.normpath(path).lstrip("/"), templates, values))
        except ConfigError as error:  # mrml would report only that there was an error
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
    """Reduce white space outside <pre> to single spaces, and remove it before MJML tags.

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
    """Convert MJML to HTML. ConfigError names the template and, if it can be found, the line."""
    try:
        html = str(mjml2html(refer(source), fonts={}, include_loader=include and (lambda path: refer(include(path)))))
    except ConfigError:
        raise
    except BaseException as error:
        # A Rust panic is a BaseException whose class cannot be imported.
        panic = type(error).__name__ == "PanicException"
        if not panic and not isinstance(error, Exception):
            raise
        raise ConfigError(_format_mjml_error(str(error), source, name, origin, panic=panic)) from error
    return html.replace("<!doctype html>", "<!DOCTYPE html>", 1)


def refer(source: str) -> str:
    """Write the characters of attributes and of the title that mrml would escape as character references."""
    return _ATTRIBUTES.sub(
        lambda found: _NOT_FOR_MRML.sub(lambda char: f"&#x0{ord(char[0]):X};", found[0]),
        source,
    )


def _offset_in(source: str, offset: int) -> int:
    """The byte offset in a source of one in refer(source)."""
    before = refer(source).encode()[:offset].decode(errors="ignore")
    return len(_REFERENCE.sub(lambda found: chr(int(found[1], 16)), before).encode())


def _format_mjml_error(
    message: str, source: str, name: str, origin: Callable[[int], TemplateLine | None] | None, *, panic: bool
) -> str:
    # The byte positions in a panic message are relative to an unknown part of the source.
    ranges = [] if panic else [_offset_in(source, int(start)) for start in _RANGE.findall(message)]
    offset = ranges[-1] if ranges else (_stray_bracket(source) if panic else _xml_error_offset(source))
    found = origin(offset) if origin is not None and offset is not None else None
    location = f"{found.template}, line {found.line}" if found else name
    excerpt = source.encode()[offset : offset + 60].decode(errors="ignore") if offset is not None else ""
    reason = "MJML cannot read this (write > as &gt;, and check for a stray <![endif])" if panic else message
    return f"{location}: {reason}" + (f" at {excerpt!r}" if excerpt else "")


def _stray_bracket(source: str) -> int | None:
    """The UTF-8 byte offset of a `>` that closes no tag, which makes mrml panic."""
    tags_and_brackets = re.compile(r"<!--.*?-->|<!\[[^>]*>|<[^<>]*>|(>)", re.DOTALL)
    for found in tags_and_brackets.finditer(source):
        if found[1] or found[0].startswith("<!["):
            return len(source[: found.start()].encode())
    return None


def _xml_error_offset(source: str) -> int | None:
    """The byte offset at which the source is not well-formed XML, for errors without a position."""
    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # accepts HTML entities
    try:
        parser.Parse(source.encode(), True)
    except expat.ExpatError:
        return parser.ErrorByteIndex
    return None


# Keep what email clients need, and fetch nothing.
_PREMAILER_OPTIONS: Mapping[str, Any] = {
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
def _parse_rules(css: str, index: int) -> tuple[list[tuple[Any, list[str]]], list[Any]]:
    """Parse a style sheet with premailer; each rule comes with the classes that it needs. Cached across issues."""
    premailer = Premailer("<p>", **_PREMAILER_OPTIONS)  # type: ignore[no-untyped-call]
    rules, leftover = premailer._parse_style_rules(css, index)  # type: ignore[no-untyped-call]
    # A class in parentheses, as in :not(.x), may be one that the element must not have.
    return [(rule, [] if "(" in rule[1] else _CLASSES.findall(rule[1])) for rule in rules], leftover


class _Inliner(Premailer):
    """premailer without the steps that take most of its time and have no effect here."""

    def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
        rules, leftover = _parse_rules(css_body, ruleset_index)
        # If the name of a class does not occur in the page, no element can match.
        used = " ".join(_CLASS_VALUES.findall(self.html))
        return [rule for rule, classes in rules if all(name in used for name in classes)], list(leftover)

    def _style_to_basic_html_attributes(self, element: Any, style_content: str, force: bool = False) -> None:
        """Do nothing: Outlook ignores a width attribute of 100% and shows a picture at its full size."""


def inline(html: str, css: str) -> str:
    """Set the rules of `css` in style attributes; style elements and conditional comments are unchanged."""
    premailer = _Inliner(_STYLE.sub(f"<style{_IGNORED}", html), css_text=css, **_PREMAILER_OPTIONS)  # type: ignore[no-untyped-call]
    inlined = str(premailer.transform())  # type: ignore[no-untyped-call]
    inlined = inlined.replace(_IGNORED, "").replace("</wbr>", "")  # an element that libxml2 does not know as void
    # Looking for such a value first takes a fifth of the time of going through all tags.
    return _TAG.sub(_escape_values, inlined) if _BRACKET_IN_VALUE.search(inlined) else inlined


def _escape_values(tag: re.Match[str]) -> str:
    """Escape < and > in the attributes of a tag: some programs search the raw source for comments and scripts."""
    return _VALUE.sub(lambda value: value[0].replace("<", "&lt;").replace(">", "&gt;"), tag[0])


def _location(error: BaseException, name: str) -> str:
    """The innermost template line in an error's traceback."""
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{lines[-1].filename}, line {lines[-1].lineno}" if lines else name
