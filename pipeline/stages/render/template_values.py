"""From an Issue to what its templates see: safe text, safe links, and the words and faces of each language."""

import dataclasses
import functools
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from pipeline.records import AlsoIn, Issue, Letter, Tally, Theme
from pipeline.stages.render.localisation import Localisation
from pipeline.stages.render.reading_time import minutes_to_read
from pipeline.stages.render.typography import Face, direction_of, face_of
from pipeline.text.links import without_tracking

Value = TypeVar("Value")

# What no text needs and some clients choke on: control characters, surrogates, non-characters, and the bidi controls
# that reach beyond their own block (the direction of a text is said in markup).
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\r\n\u2028\u2029]+")
_SAYS_WHAT = re.compile(r"[^\W\d_][\w ]{1,20}[:：]")
_TWO_STOPS = re.compile(r"(\.(?:</\w+>)*)\.$")  # a name that ends in one, at the end of a sentence
_ALSO_IN_SHOWN = 2

_MARKDOWN = MarkdownIt("zero").enable(["emphasis", "link", "autolink", "entity", "escape"])


def scrub(value: Value) -> Value:
    """A record with each of its texts made safe for any part of an e-mail, on one line."""
    if isinstance(value, str):
        return _SPACES.sub(" ", _UNWANTED.sub("", value)).strip()  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(scrub(item) for item in value)  # type: ignore[return-value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: scrub(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


@functools.lru_cache(maxsize=1024)  # each template asks for an address twice: whether it is one, and for it
def safe_link(url: str | None) -> str | None:
    """An http(s) or mailto address in ASCII, without tracking parameters; None for any other."""
    try:
        parts = urlsplit(url or "")
        if parts.scheme == "mailto" and "@" in parts.path:
            return url
        # A user before the host is how an address is made to look like another one.
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
        if not parts.netloc.isascii():
            port = f":{parts.port}" if parts.port else ""
            parts = parts._replace(netloc=parts.hostname.encode("idna").decode() + port)
    except ValueError:  # UnicodeError is one
        return None
    parts = parts._replace(query=without_tracking(parts.query))
    return quote(urlunsplit(parts), safe="/:?#[]@!$&'()*+,;=%~._-")


def markdown(text: str) -> Markup:
    """Emphasis, strong and links of one paragraph; everything else is text."""
    html = nh3.clean(
        _MARKDOWN.renderInline(text),
        tags={"em", "strong", "a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Markup(html)  # noqa: S704 - what nh3 returns is safe


def markdown_text(text: str) -> str:
    """The same paragraph as plain text, each link's address in parentheses after its words."""
    tokens = _MARKDOWN.parseInline(text)[0].children or []
    out: list[str] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = safe_link(str(token.attrGet("href"))) or ""
        elif token.type == "link_close":
            words = out[-1] if out else ""
            out.append(f" ({address})" if address and address != words else "")
        else:
            out.append(token.content)
    return "".join(out)


class Voice:
    """What the templates of one issue can say and ask; one edition's words in one theme."""

    def __init__(self, words: Localisation, theme: Theme) -> None:
        self.words = words
        self.theme = theme
        self._faces: dict[str, Face] = {}
        self._labels: dict[str, Markup] = {}
        self.edition = self.face(words.tag)

    def face(self, tag: str) -> Face:
        """How a language is set."""
        if tag not in self._faces:
            self._faces[tag] = face_of(tag, self.theme)
        return self._faces[tag]

    def language_of(self, tag: str) -> Markup:
        """lang and, where it turns, dir, as attributes."""
        face = self.face(tag)
        turn = f' dir="{face.direction}"' if face.direction != self.edition.direction else ""
        return Markup(f'lang="{escape(face.tag)}"{turn}')  # noqa: S704 - the tag is escaped, the rest is ours

    def label(self, tag: str) -> Markup:
        """Says that a text is in another language than the letter's; empty where it is not."""
        if tag not in self._labels:
            other = not self.words.reads(tag)
            said = self.words.gettext("in {language}", language=self.words.language(tag)) if other else Markup()
            self._labels[tag] = said
        return self._labels[tag]

    def inline(self, text: str, tag: str) -> Markup:
        """A title in its own language, within a sentence of the letter's."""
        if tag == self.words.tag:
            return escape(text)
        face = self.face(tag)
        font = "" if face.interface == self.edition.interface else f' style="font-family:{face.interface}"'
        return Markup(f"<span {self.language_of(tag)}{font}>{escape(text)}</span>")  # noqa: S704 - the text is escaped

    def named(self, name: str, tag: str) -> Markup:
        """A person's or an outlet's name: in its own language where the script shows that it is."""
        own = any(char.isalpha() and char.lower() == char.upper() for char in name)
        cased = self.face(tag).capitals
        return self.inline(name, tag) if own and not cased else escape(name)

    def credit(self, outlet: str, authors: tuple[str, ...], tag: str) -> Markup:
        """From whom, by whom; either may be unknown."""
        bold = Markup("<b>{}</b>").format(self.named(outlet, tag))
        writers = self.words.joined([self.named(author, tag) for author in authors])
        if outlet and authors:
            said = self.words.gettext("From {outlet}, by {authors}.", outlet=bold, authors=writers)
        elif outlet:
            said = self.words.gettext("From {outlet}.", outlet=bold)
        else:
            said = self.words.gettext("By {authors}.", authors=writers) if authors else Markup()
        return Markup(_TWO_STOPS.sub(r"\1", said))  # noqa: S704 - only a full stop is taken away

    def picture_credit(self, credit: str, tag: str) -> Markup:
        """Whose picture it is; a credit that says itself what it is (“Photo: …”) stands alone."""
        named = self.named(credit, tag)
        if _SAYS_WHAT.match(credit):
            return Markup(named)  # noqa: S704 - named() escapes
        return self.words.gettext("Picture: {credit}", credit=named)

    def also_in(self, others: tuple[AlsoIn, ...]) -> Markup:
        """Other outlets of the same event: the first two, and how many more."""
        if not others:
            return Markup()
        parts = [self._also(other) for other in others[:_ALSO_IN_SHOWN]]
        more = len(others) - len(parts)
        if more:
            parts.append(self.words.ngettext("{count} more", "{count} more", more))
        return self.words.gettext("Also in: {items}", items=Markup("\u00a0· ").join(parts))

    def _also(self, other: AlsoIn) -> Markup:
        outlet = self.named(other.outlet, other.language)
        address = safe_link(other.url)
        linked = Markup('<a href="{}">{}</a>').format(address, outlet) if address else outlet
        if self.words.reads(other.language):
            return linked
        name = self.words.language(other.language)
        return self.words.gettext("{language} ({outlet})", language=name, outlet=linked)

    def reads_count(self, count: int) -> Markup:
        """“Six reads”, for the contents."""
        return self.words.ngettext("{count} read", "{count} reads", count, count=self.words.count_word(count))

    def greeting(self, letter: Letter) -> str:
        """The letter's own greeting, else one from its city."""
        if letter.greeting or not letter.city:
            return letter.greeting
        return self.words.gettext("Hello from {city}", city=letter.city).unescape()

    def letter(self, letter: Letter, tally: Tally) -> tuple[str, ...]:
        """The letter's paragraphs, in Markdown; a line on the week where the host wrote none."""
        if letter.paragraphs:
            return letter.paragraphs
        said = self.words.gettext(
            "{stories} from {outlets} came in this week; these are the ones worth your time.",
            stories=self.words.ngettext("{count} story", "{count} stories", tally.stories),
            outlets=self.words.ngettext("{count} outlet", "{count} outlets", tally.outlets),
        )
        return (said.unescape(),)

    def tally(self, tally: Tally) -> Markup:
        """The line that closes the letter."""
        counted = {
            "stories": self.words.ngettext("{count} story", "{count} stories", tally.stories),
            "outlets": self.words.ngettext("{count} outlet", "{count} outlets", tally.outlets),
            "languages": self.words.ngettext("{count} language", "{count} languages", tally.languages),
        }
        if tally.copies:
            copies = self.words.ngettext("{count} copy", "{count} copies", tally.copies)
            made = "Made from {stories} by {outlets} in {languages}; {copies} folded away."
            first = self.words.gettext(made, **counted, copies=copies)
        else:
            first = self.words.gettext("Made from {stories} by {outlets} in {languages}.", **counted)
        answered = self.words.ngettext(
            "{count} of {total} source answered.",
            "{count} of {total} sources answered.",
            tally.sources_answered,
            total=self.words.number(tally.sources_total),
        )
        return first + (" " if self.edition.spaced else "") + answered

    def day(self, value: date) -> str:
        """The date of the issue."""
        return self.words.day(value)


VOICED = frozenset(name for name in vars(Voice) if not name.startswith("_")) | {"words", "theme", "edition"}


def template_values(issue: Issue, theme: Theme, words: Localisation) -> Mapping[str, Any]:
    """Everything a template may name; the issue is scrubbed already."""
    voice = Voice(words, theme)
    title = issue.masthead.title
    hashed = title.startswith("#")
    return {
        "issue": issue,
        "theme": theme,
        "voice": voice,
        "edition": voice.edition,
        "title_direction": direction_of(title),
        "title_mark": "#" if hashed else "",
        "title_rest": title[1:] if hashed else title,
        "gettext": words.gettext,
        "ngettext": words.ngettext,
        "number": words.number,
        "minutes": minutes_to_read(issue, voice.letter(issue.letter, issue.tally)),
        "arrow": "←" if voice.edition.direction == "rtl" else "→",
    }


def plain(markup: Markup | str) -> str:
    """The text of a piece of markup."""
    return markup.striptags() if isinstance(markup, Markup) else markup
