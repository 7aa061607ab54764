"""Read what a page shows its readers between title and story: who wrote it and when it appeared."""

# ruff: noqa: SIM905 - long lists are easier to read as text

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.stages.clean.opening import Opening
from pipeline.text.date_parsing import DateStyle, parse_date
from pipeline.text.normalise import normalise

_BYLINE_NAME = re.compile(
    r"(?<![a-z])(?:by-?lines?|authors?|autore?s?|auteurs?|reporters?|writers?|person-link|redacteur|skribent|contributors?)(?![a-z])"
)
_NOT_BYLINE = re.compile(r"(?<![a-z])(?:image|avatar|photo|bio|box|desc(?:ription)?|social|teaser|card)(?![a-z])")
_LABEL = re.compile(
    r"(?i:(?:written |reported |story |words |text )?by|geschrieben von|autorin/autor|von|por|par|di|door|av|af)"
    r"\s*:?\s+(?=[A-ZÀ-ÞА-Я])"
    r"|(?:作者|撰文|文|記者|记者|責任編輯|责任编辑|編輯|编辑|取材|執筆|글|기자)(?:・写真)?\s*[:：／/＝●]\s*",
)
_CREDIT = re.compile(
    r"(?:作者|撰文|文|記者|记者|取材|執筆|글)(?:・写真)?\s*[:：／/＝●]\s*(?P<east>[^\s:：／/|·•]{2,20})"
    r"|^(?:autorin/autor|autor(?:in|es?)?|auteure?s?|authors?|author\(s\))\s*[:：]?\s+(?P<west>[^:|]{4,60})$",
    re.IGNORECASE,
)
_AUTHOR_LINK = re.compile(
    r"/(?:authors?|autore?s?|auteurs?|autoren|people|profile|staff|by|contributors?|journalists?|reporter)/"
)
_LONGEST_LINE = 160  # characters
_LONGEST_CREDIT = 80
# Two to four capitalised words, or several such names.
_ONE_NAME = r"[A-ZÀ-ÞА-Я][\w'’.-]*(?: [A-ZÀ-ÞА-Я][\w'’.-]*){1,3}"
_AND = re.compile(r"\s*[/,&]\s*|\s+(?:and|und|et|y|e|en|og|och)\s+")
_NAMES_ALONE = re.compile(rf"{_ONE_NAME}(?:(?:{_AND.pattern}){_ONE_NAME})*")
_LABEL_WORDS = frozenset(
    "key points point summary breaking news update updates updated live exclusive analysis opinion comment editorial"
    " story stories highlights facts background note notes editor interview photo photos picture video file gallery"
    " review preview report special feature column letter letters overview introduction part chapter the a an of in on"
    " at for to read more next full latest top world local national sport sports business politics press release media"
    " statement wichtige punkte überblick zusammenfassung resumen resumo résumé".split()
)
_MOST_TEXTS = 8  # of an element that is a credit
_MOST_NAMES = 6
_DATE_NAME = re.compile(
    r"(?<![a-z])(?:dates?|time|datetime|timestamp|publish(?:ed)?|posted|pub-?date|meta|info|by-?line)(?![a-z])"
)
_UPDATED = re.compile(
    r"(?:last )?(?:updated?|modified|edited)|aktualisiert|geändert|stand:|mise? à jour|actualizad[oa]|modificad[oa]"
    r"|aggiornat[oa]|bijgewerkt|atualizad[oa]|uppdaterad|oppdatert|opdateret|päivitetty|zaktualizowano|aktualizováno"
    r"|güncelle\w*|diperbarui|cập nhật|обновл\w*|оновлено|ενημέρωση|تحديث|更新|修改|업데이트|수정",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:first )?(?:published|posted)|veröffentlicht|erstellt|publié|publicad[oa]|pubblicat[oa]|gepubliceerd|publicerad"
    r"|publisert|udgivet|julkaistu|opublikowano|publikováno|yayın\w*|diterbitkan|опубликовано|опубліковано|نشر"
    r"|發佈|发布|發布|公開|掲載|入力|입력|등록|게시",
    re.IGNORECASE,
)
_PIECES = re.compile(r"\s*[·•|]\s*|\s{2,}|\s+[–—-]\s+(?=\D)")
_CLOCK = re.compile(r"[,\s]*(?:at |um |à |às |alle |kl\.? ?|om )?\d{1,2}[:.h]\d\d(?!\d).*$", re.IGNORECASE)
_DATE_START = re.compile(r"\d{4}\s*[年년./-]\s*\d")
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
_ERA = re.compile(rf"({'|'.join(_ERAS)})\s*(元|\d{{1,3}})\s*年")
_AMBIGUOUS = re.compile(r"(?<!\d)\d{1,2}[/-]\d{1,2}[/-]\d{4}(?!\d)")


def visible_authors(opening: Opening) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the bylines between title and story: the names that are links to their authors, and the lines."""
    linked: list[str] = []
    lines: list[str] = []
    for block in (*opening.above, *opening.head):
        if len(block.text) > _LONGEST_LINE or block.is_prose or _NOT_BYLINE.search(block.names):
            continue
        if links := _author_links(block.element):
            linked += links
        elif credit := _CREDIT.search(block.text):
            lines.append(credit["east"] or credit["west"])
        elif _LABEL.match(block.text) or _BYLINE_NAME.search(f"{block.names} {block.container}"):
            lines.append(block.text)
    return tuple(dict.fromkeys(linked))[:_MOST_NAMES], tuple(dict.fromkeys(lines))[:_MOST_NAMES]


def bold_authors(opening: Opening) -> tuple[str, ...]:
    """Return the names in bold on a line of their own directly before the story, which does not mention them.

    A place or a subheading may stand there, too: the former is mentioned, the latter has words that are not names.
    """
    at = next((at for at, block in enumerate(opening.blocks) if block.is_prose), 0)
    line = opening.blocks[at - 1] if at else None
    if line is None or line.is_heading or not line.is_bold or not _NAMES_ALONE.fullmatch(line.text):
        return ()
    names = _AND.split(line.text)
    text = " ".join(block.text for block in opening.blocks[at:]).casefold()
    words = {word.casefold() for name in names for word in name.split()}
    if words & _LABEL_WORDS or any(name.casefold() in text for name in names):
        return ()
    return tuple(names)


def labelled_authors(tree: Any) -> tuple[str, ...]:
    """Return the name after a label such as `Autor` in a list of facts, wherever on the page it stands."""
    for element in tree.iter("li", "dd", "p", "span"):
        text = normalise("".join(itertools.islice(element.itertext(), _MOST_TEXTS)))
        if len(text) <= _LONGEST_CREDIT and (credit := _CREDIT.search(text)):
            return (credit["east"] or credit["west"],)
    return ()


def _author_links(element: Any) -> list[str]:
    links = (
        normalise("".join(link.itertext()))
        for link in element.iter("a")
        if "author" in (link.get("rel") or "").split() or _AUTHOR_LINK.search(link.get("href") or "")
    )
    return [text for text in links if text]


@dataclass(frozen=True, slots=True)
class VisibleDate:
    """The date that a page shows. `is_unclear`: it shows one that can be read in two ways."""

    moment: datetime | None = None
    is_unclear: bool = False


def visible_date(opening: Opening, locales: Sequence[str]) -> VisibleDate:
    """Return the first date of publication between title and story, or else the date of the update.

    `locales`: the language tags that the page declares; their region says how 5/6/2026 is read.
    """
    style = _style(locales)
    updated: datetime | None = None
    unclear = False
    for block in (*opening.above, *opening.head):
        if block.is_prose or len(block.text) > _LONGEST_LINE:
            continue
        for piece, is_update in _dated_pieces(block.text):
            moment = _read(piece, style)
            if moment and not is_update:
                return VisibleDate(moment)
            updated = updated or moment
            unclear = unclear or (moment is None and _AMBIGUOUS.search(piece) is not None)
    return VisibleDate(updated, unclear and updated is None)


def _dated_pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a line that may be a date, and whether it is that of an update."""
    for piece in _PIECES.split(text):
        labels = sorted(
            [(match.start(), match.end(), True) for match in _UPDATED.finditer(piece)]
            + [(match.start(), match.end(), False) for match in _PUBLISHED.finditer(piece)]
        )
        if not labels or labels[0][0] > 0:
            yield piece[: labels[0][0]] if labels else piece, False
        ends = [start for start, _, _ in labels[1:]] + [len(piece)] * bool(labels)
        for (_, start, is_update), end in zip(labels, ends, strict=True):
            yield piece[start:end].strip(" :：,"), is_update


def _read(text: str, style: DateStyle) -> datetime | None:
    text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}年", text)
    if sum(map(str.isdigit, text)) < 4:
        return None
    start = _DATE_START.search(text)
    for form in (text[start.start() :] if start else text, text, _CLOCK.sub("", text)):
        if moment := parse_date(form, style):
            return moment
    return None


def _style(locales: Sequence[str]) -> DateStyle:
    """The order of day and month that a region, or a language of one order, writes; unknown for English alone."""
    from babel import Locale, UnknownLocaleError

    language = None
    for tag in locales:
        parts = tag.replace("_", "-").split("-")
        language = language or parts[0].lower()
        if parts[0].lower() == "en" and len(parts) < 2:
            continue
        try:
            pattern = Locale.parse("_".join(parts[:3]), sep="_").date_formats["short"].pattern
        except (UnknownLocaleError, ValueError):
            continue
        if not pattern.lstrip().startswith("y"):
            return DateStyle(language, pattern.index("M") < pattern.index("d"))
    return DateStyle(language)
