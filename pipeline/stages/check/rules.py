"""The rules of the gate, each with the reason it is one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.records import Email, Finding, Issue
from pipeline.stages.check import colours, languages, links, markup, parts, spam, support, wire
from pipeline.stages.check.view import Fault, View


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, why, and how it is looked at."""

    name: str
    reason: str
    check: Callable[[View], Iterable[Fault]]


RULES: tuple[Rule, ...] = (
    Rule("size", "Gmail cuts a message off near 102 kB, and the unsubscribe link with it.", markup.size),
    Rule("doctype", "Without it every client draws in quirks mode.", markup.doctype),
    Rule("title", "It names the tab in a browser and the page to a screen reader.", markup.title),
    Rule("page-language", "Screen readers choose their voice, and hyphenation its rules, by it.", languages.page),
    Rule("block-language", "Fonts for Chinese and Japanese differ, and so do voices, by lang.", languages.blocks),
    Rule("direction", "Punctuation and numbers land on the wrong side without dir.", languages.direction),
    Rule("headings", "Readers who listen move from heading to heading.", markup.headings),
    Rule("tables", "A layout table without its role is read out cell by cell.", markup.tables),
    Rule(
        "images", "Outlook takes sizes from attributes; a broken or counting picture is worse than none.", markup.images
    ),
    Rule("alt", "Many clients block pictures: the alt is what is read instead.", markup.alternatives),
    Rule("contrast-light", "Text below 4.5 to 1 cannot be read in the sun or by weak eyes.", colours.light),
    Rule("contrast-dark", "The dark appearance is its own palette and fails on its own.", colours.dark),
    Rule("text-size", "Phones enlarge or readers give up below 13 pixels.", markup.text_size),
    Rule(
        "media-queries", "Inliners like to drop them, and the dark and narrow appearance go too.", markup.media_queries
    ),
    Rule(
        "conditional-comments",
        "Outlook's columns hang on them, and an open one hides the rest.",
        markup.conditional_comments,
    ),
    Rule("active-content", "Clients strip it and filters count it.", markup.active_content),
    Rule("css-support", "What one big client lacks breaks the page for its readers.", support.unsupported_css),
    Rule("residue", "A template's mark in a letter is a fault every reader sees.", markup.residue),
    Rule(
        "link-address", "Relative addresses lead nowhere, javascript: is blocked, http warns the reader.", links.scheme
    ),
    Rule("link-host", "Look-alike hosts are how readers are robbed.", links.host),
    Rule("link-words", "A link without words, or with those of another site, is taken for fraud.", links.words),
    Rule("link-tracking", "Readers are not followed.", links.tracking),
    Rule("leaving", "Law and mailbox providers ask for a visible way out and a postal address.", links.leaving),
    Rule("preheader", "It is the second line that every inbox shows.", parts.preheader),
    Rule("text-content", "Some read the text part, and filters compare it with the HTML.", parts.text_headlines),
    Rule("text-links", "A reader of the text part needs every address.", parts.text_links),
    Rule("text-plain", "Markup in the text part is unreadable.", parts.text_is_plain),
    Rule("hidden-text", "Words that only filters read are what fraud hides behind.", spam.hidden),
    Rule("spam-signs", "Filters add these up, and a letter they count against lands in junk.", spam.signs),
    Rule("subject", "It decides whether the letter is opened, or filtered.", wire.subject),
    Rule("headers", "Mailbox providers refuse bulk mail without them; a second one is an attack.", wire.headers),
    Rule("one-click", "Gmail and Yahoo refuse bulk mail without RFC 8058.", wire.unsubscribing),
    Rule("structure", "Clients show the last alternative they can, and only pictures that are there.", wire.structure),
    Rule("round-trip", "What programs read back must be what was approved.", wire.round_trip),
    Rule("lines", "SMTP servers refuse long lines, bare line feeds and eight bits.", wire.lines),
)


def check_issue(email: Email, issue: Issue, eml: bytes) -> tuple[Finding, ...]:
    """What is wrong with an issue's e-mail and its message, in the order of the rules; empty when it may go out."""
    view = View(email, issue, eml)
    return tuple(
        Finding(rule.name, fault.severity, fault.message, fault.story, fault.line)
        for rule in RULES
        for fault in rule.check(view)
    )
