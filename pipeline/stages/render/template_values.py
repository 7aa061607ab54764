"""The values that templates see of an Issue: safe text and links, translated phrases, typography by language."""

import dataclasses
import functools
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import nh3
from markupsafe import Markup, escape

from pipeline.records import UNKNOWN_LANGUAGE, AlsoIn, Feature, Issue, Letter, Original, Tally, Theme
from pipeline.stages.render.localisation import Localisation
from pipeline.stages.render.reading_time import issue_texts, minutes_to_read
from pipeline.stages.render.typography import Face, direction_of, face_of
from pipeline.text.links import untracked
from pipeline.text.markdown import markdown_parser
from pipeline.text.scripts import script_of_character, scripts_written
from pipeline.text.shorten import split_phrases
from pipeline.text.width import display_width

Value = TypeVar("Value")

# Characters that no text needs and some clients fail on: control characters, surrogates, non-characters, and bidi
# controls that reach beyond their block (markup gives the direction of a text).
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\r\n\u2028\u2029]+")
_SELF_EXPLAINED = re.compile(r"[^\W\d_][\w ]{1,20}[:：]")
_TWO_STOPS = re.compile(r"(\.(?:</\w+>)*)\.$")  # a name that ends in a full stop, at the end of a sentence
_ALSO_IN_SHOWN = 2


def scrub(value: Value) -> Value:
    """Make every text of a record safe for any part of an email, and one line long."""
    if isinstance(value, str):
        return _SPACES.sub(" ", _UNWANTED.sub("", value)).strip()  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(scrub(item) for item in value)  # type: ignore[return-value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: scrub(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


@functools.lru_cache(maxsize=1024)  # templates ask for an address twice: to test it, and to print it
def safe_link(url: str | None, *, keep: bool = False) -> str | None:
    """An http(s) or mailto address in ASCII; None for anything else. Tracking parameters are cut, but with `keep`."""
    try:
        parts = urlsplit(url or "")
        if parts.scheme == "mailto" and "@" in parts.path:
            return url
        # A user name before the host can disguise the address as another one.
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
        if not parts.netloc.isascii():
            port = f":{parts.port}" if parts.port else ""
            parts = parts._replace(netloc=parts.hostname.encode("idna").decode() + port)
    except ValueError:  # includes UnicodeError
        return None
    parts = parts if keep else untracked(parts)
    return quote(urlunsplit(parts), safe="/:?#[]@!$&'()*+,;=%~._-")


def issue_link(issue: Issue, url: str | None) -> str | None:
    """`safe_link` of an address in an issue, which may be one that has to stay as it is."""
    return safe_link(url, keep=url in issue.kept_links)


def markdown(text: str) -> Markup:
    """Render emphasis, strong and links of one paragraph; everything else is text."""
    html = nh3.clean(
        markdown_parser().renderInline(text),
        tags={"em", "strong", "a"},
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, _name, value: safe_link(value),
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Markup(html)  # noqa: S704 - sanitised by nh3


def markdown_text(text: str) -> str:
    """Render a paragraph as plain text, with the address of each link in parentheses."""
    tokens = markdown_parser().parseInline(text)[0].children or []
    out: list[str] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = safe_link(str(token.attrGet("href"))) or ""
        elif token.type == "link_close":
            link_text = out[-1] if out else ""
            out.append(f" ({address})" if address and address != link_text else "")
        else:
            out.append(token.content)
    return "".join(out)


class Voice:
    """The functions that the templates of one issue call, for one edition's language and theme."""

    def __init__(self, localisation: Localisation, theme: Theme, territory: str = "") -> None:
        self.localisation = localisation
        self.theme = theme
        self._territory = territory
        self._faces: dict[str, Face] = {}
        self._labels: dict[str, Markup] = {}
        self.edition = self.face(localisation.tag)

    def face(self, tag: str) -> Face:
        """The typography of a language."""
        if tag not in self._faces:
            self._faces[tag] = face_of(tag, self.theme)
        return self._faces[tag]

    def language_of(self, tag: str) -> Markup:
        """The attributes lang and, if the direction differs from the letter's, dir."""
        face = self.face(tag)
        direction = f' dir="{face.direction}"' if face.direction != self.edition.direction else ""
        return Markup(f'lang="{escape(face.tag)}"{direction}')  # noqa: S704 - the tag is escaped, the rest is constant

    def label(self, tag: str, original: Original | None = None) -> Markup:
        """“in German” for a text in another language than the letter's; empty for one in the same language.

        “converted from Simplified Chinese” for a text whose original is in another script.
        """
        if original:
            language = self.localisation.language(original.language)
            return self.localisation.gettext("converted from {language}", language=language)
        if tag not in self._labels:
            other = not self.localisation.reads(tag)
            language = self.localisation.language(tag)
            self._labels[tag] = self.localisation.gettext("in {language}", language=language) if other else Markup()
        return self._labels[tag]

    def machine(self, feature: Feature) -> Markup:
        """“Machine translation; original: Japanese” for a text that no editor has read; empty for others."""
        if not feature.is_unread:
            return Markup()
        language = self.localisation.language(feature.source_language)
        return self.localisation.gettext("Machine translation; original: {language}", language=language)

    def inline(self, text: str, tag: str) -> Markup:
        """A title in its own language inside a sentence in the letter's language."""
        if tag == self.localisation.tag:
            return escape(text)
        face = self.face(tag)
        font = "" if face.interface == self.edition.interface else f' style="font-family:{face.interface}"'
        return Markup(f"<span {self.language_of(tag)}{font}>{escape(text)}</span>")  # noqa: S704 - the text is escaped

    def phrases(self, text: str, tag: str) -> Markup:
        """A headline that breaks between phrases, if its language has no spaces."""
        if self.face(tag).spaced:
            return escape(text)
        return Markup("<wbr />").join(split_phrases(text))

    def named(self, name: str, tag: str) -> Markup:
        """The name of a person or outlet; marked as `tag` if its script shows that it is in that language."""
        has_uncased = any(char.isalpha() and char.lower() == char.upper() for char in name)
        if has_uncased and not self.face(tag).capitals:
            return self.inline(name, tag)
        script = self._foreign_script(name)
        if script and script != "Latn":
            own = script in scripts_written(self.face(tag).script)
            return self.inline(name, tag if own else f"{UNKNOWN_LANGUAGE}-{script}")
        direction = direction_of(name)
        if not script or direction == self.edition.direction:
            return escape(name)
        return Markup('<span dir="{}">{}</span>').format(direction, name)  # "Yahoo!" keeps its mark at the end

    def desk_text(self, text: str, tag: str = "") -> Markup:
        """A text of the editor's or the config, such as the postal address, marked with its language (`face_in`)."""
        return self.inline(text, self.face_in(text, tag).tag)

    def face_in(self, text: str, tag: str = "") -> Face:
        """The typography of a text of the editor's or the config, in the edition's language or in `tag`.

        A text in another script has that script's, because its language is not known.
        """
        for face in (self.face(tag) if tag else self.edition, self.edition):
            if not (script := self._foreign_script(text, face)):
                return face
        return self.face(f"{UNKNOWN_LANGUAGE}-{script}")

    def _foreign_script(self, text: str, face: Face | None = None) -> str:
        """The script of most letters of a text that is not in the script of a language, the edition's by default."""
        scripts = Counter(filter(None, map(script_of_character, text)))
        own = scripts_written((face or self.edition).script)
        if sum(scripts[script] for script in own) * 2 >= scripts.total():
            return ""
        return next(script for script, _ in scripts.most_common() if script not in own)

    def credit(self, outlet: str, authors: tuple[str, ...], tag: str) -> Markup:
        """The outlet and the authors of a story; either may be unknown."""
        bold = Markup("<b>{}</b>").format(self.named(outlet, tag))
        writers = self.localisation.joined([self.named(author, tag) for author in authors])
        if outlet and authors:
            credit = self.localisation.gettext("From {outlet}, by {authors}.", outlet=bold, authors=writers)
        elif outlet:
            credit = self.localisation.gettext("From {outlet}.", outlet=bold)
        else:
            credit = self.localisation.gettext("By {authors}.", authors=writers) if authors else Markup()
        return Markup(_TWO_STOPS.sub(r"\1", credit))  # noqa: S704 - removes only a full stop

    def picture_credit(self, credit: str, tag: str) -> Markup:
        """The credit of a picture; one such as “Photo: …” gets no label."""
        named = self.named(credit, tag)
        if _SELF_EXPLAINED.match(credit):
            return Markup(named)  # noqa: S704 - named() escapes
        return self.localisation.gettext("Picture: {credit}", credit=named)

    def also_in(self, others: tuple[AlsoIn, ...]) -> Markup:
        """The other outlets of the same event: the first two, and the number of the rest."""
        if not others:
            return Markup()
        parts = [self._also(other) for other in others[:_ALSO_IN_SHOWN]]
        more = len(others) - len(parts)
        if more:
            parts.append(self.localisation.ngettext("{count} more", "{count} more", more))
        return self.localisation.gettext("Also in: {items}", items=Markup("\u00a0· ").join(parts))

    def _also(self, other: AlsoIn) -> Markup:
        outlet = self.named(other.outlet, other.language)
        address = safe_link(other.url)
        linked = Markup('<a href="{}">{}</a>').format(address, outlet) if address else outlet
        if self.localisation.reads(other.language):
            return linked
        name = self.localisation.language(other.language)
        return self.localisation.gettext("{language} ({outlet})", language=name, outlet=linked)

    def reads_count(self, count: int) -> Markup:
        """“Six reads”, for the table of contents."""
        return self.localisation.ngettext(
            "{count} read", "{count} reads", count, count=self.localisation.count_word(count)
        )

    def greeting(self, letter: Letter) -> str:
        """The letter's own greeting, else one from its city."""
        if letter.greeting or not letter.city:
            return letter.greeting
        return self.localisation.gettext("Hello from {city}", city=letter.city).unescape()

    def letter(self, letter: Letter, tally: Tally) -> tuple[str, ...]:
        """The letter's paragraphs in Markdown; a sentence about the week if the host wrote no letter."""
        if letter.paragraphs:
            return letter.paragraphs
        sentence = self.localisation.gettext(
            "{stories} from {outlets} came in this week; these are the ones worth your time.",
            stories=self.localisation.ngettext("{count} story", "{count} stories", tally.stories),
            outlets=self.localisation.ngettext("{count} outlet", "{count} outlets", tally.outlets),
        )
        return (sentence.unescape(),)

    def blurb(self, feature: Feature) -> tuple[str, ...]:
        """A feature's paragraphs for the HTML, with what an editor made strong, emphasised or a link."""
        return tuple(markdown(paragraph) for paragraph in feature.markdown) or feature.paragraphs

    def blurb_text(self, feature: Feature) -> tuple[str, ...]:
        """A feature's paragraphs for the text part, with the addresses of links."""
        return tuple(markdown_text(paragraph) for paragraph in feature.markdown) or feature.paragraphs

    def tally(self, tally: Tally) -> Markup:
        """The line that closes the letter."""
        counted = {
            "stories": self.localisation.ngettext("{count} story", "{count} stories", tally.stories),
            "outlets": self.localisation.ngettext("{count} outlet", "{count} outlets", tally.outlets),
            "languages": self.localisation.ngettext("{count} language", "{count} languages", tally.languages),
        }
        if tally.copies:
            copies = self.localisation.ngettext("{count} copy", "{count} copies", tally.copies)
            message = "Made from {stories} by {outlets} in {languages}; {copies} folded away."
            first = self.localisation.gettext(message, **counted, copies=copies)
        else:
            first = self.localisation.gettext("Made from {stories} by {outlets} in {languages}.", **counted)
        answered = self.localisation.ngettext(
            "{count} of {total} source answered.",
            "{count} of {total} sources answered.",
            tally.sources_answered,
            total=self.localisation.number(tally.sources_total),
        )
        return first + (" " if self.edition.spaced else "") + answered

    def day(self, value: date) -> str:
        """The date of the issue."""
        return self.localisation.day(value, self._territory)


VOICE_ATTRIBUTES = frozenset(name for name in vars(Voice) if not name.startswith("_")) | {
    "localisation",
    "theme",
    "edition",
}


def page_values(voice: Voice, theme: Theme, title: str) -> dict[str, Any]:
    """The variables that every page has. A `#` at the start of the title is a variable of its own."""
    hashed = title.startswith("#")
    return {
        "theme": theme,
        "voice": voice,
        "edition": voice.edition,
        "title_direction": direction_of(title),
        "title_columns": display_width(title),
        "title_mark": "#" if hashed else "",
        "title_rest": title[1:] if hashed else title,
        "gettext": voice.localisation.gettext,
        "number": voice.localisation.number,
    }


def template_values(issue: Issue, theme: Theme, localisation: Localisation) -> Mapping[str, Any]:
    """The variables of a template; the issue is already scrubbed."""
    voice = Voice(localisation, theme, issue.territory)
    return {
        **page_values(voice, theme, issue.masthead.title),
        "issue": issue,
        "ngettext": localisation.ngettext,
        "minutes": minutes_to_read(issue_texts(issue, voice.letter(issue.letter, issue.tally))),
        "arrow": "←" if voice.edition.direction == "rtl" else "→",
    }


def plain(markup: Markup | str) -> str:
    """Strip the tags of markup; other text is returned unchanged."""
    return markup.striptags() if isinstance(markup, Markup) else markup
