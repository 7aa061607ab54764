"""The rules of the gate, each with its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.records import Email, Finding, Issue
from pipeline.stages.check import (
    colours,
    languages,
    links,
    markup,
    parts,
    sections,
    spam,
    stories,
    support,
    unfilled,
    wire,
)
from pipeline.stages.check.view import Fault, View


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name in findings, the reason for it, and the function that checks it."""

    name: str
    reason: str
    check: Callable[[View], Iterable[Fault]]


RULES: tuple[Rule, ...] = (
    Rule("size", "Gmail cuts a message off near 102 kB, and the unsubscribe link with it.", markup.size),
    Rule("doctype", "Without it every client renders in quirks mode.", markup.doctype),
    Rule("title", "Browser tabs and screen readers announce it.", markup.title),
    Rule(
        "head", "A wrong charset garbles every accent, and without a viewport phones shrink the page.", markup.page_head
    ),
    Rule("page-language", "Screen readers choose the voice by it, and hyphenation its rules.", languages.page_language),
    Rule(
        "block-language",
        "Fonts for Chinese and Japanese and screen reader voices depend on lang.",
        languages.block_languages,
    ),
    Rule("direction", "Without dir, punctuation and numbers appear on the wrong side.", languages.direction),
    Rule("headings", "Screen reader users move from heading to heading.", markup.headings),
    Rule("tables", "Screen readers read a layout table without this role cell by cell.", markup.tables),
    Rule(
        "images", "Outlook needs sizes in attributes; a broken or tracking picture is worse than none.", markup.images
    ),
    Rule("alt", "Many clients block pictures and show the alt text instead.", markup.alternatives),
    Rule("attributes", "Screen readers read attributes aloud as they are.", markup.attributes),
    Rule(
        "contrast-light",
        "Text with a contrast under 4.5 to 1 is hard to read in the sun or with poor eyesight.",
        colours.light,
    ),
    Rule("contrast-dark", "Dark mode has its own palette, which can fail separately.", colours.dark),
    Rule("text-size", "Below 13 pixels phones enlarge the text or readers give up.", markup.text_size),
    Rule(
        "media-queries",
        "CSS inliners tend to drop them, and dark mode and the narrow layout with them.",
        markup.media_queries,
    ),
    Rule(
        "conditional-comments",
        "Outlook's columns depend on them, and an unclosed one hides the rest.",
        markup.conditional_comments,
    ),
    Rule("active-content", "Clients strip it, and spam filters count it.", markup.active_content),
    Rule("remote-loads", "What is loaded at opening tells its host who reads the letter.", markup.remote_loads),
    Rule("css-support", "CSS that a large client lacks breaks the letter for its readers.", support.unsupported_css),
    Rule("residue", "Every reader sees template markup that is left in a letter.", unfilled.residue),
    Rule("placeholder", "Readers laugh at a letter from “Your city”.", unfilled.placeholders),
    Rule("escaped", "Readers see &amp; and ** as they are.", unfilled.escaped),
    Rule(
        "link-address",
        "Relative addresses do not work in a mailbox, javascript: is blocked, http triggers warnings.",
        links.link_address,
    ),
    Rule("link-host", "Fraud relies on look-alike hosts.", links.link_host),
    Rule("link-words", "Filters treat a link without text, or naming another site, as fraud.", links.link_text),
    Rule("link-tracking", "We do not track readers; a source with `keep_links` is exempt.", links.link_tracking),
    Rule(
        "leaving",
        "The law and mailbox providers require a visible unsubscribe link and a postal address.",
        links.unsubscribe_link,
    ),
    Rule(
        "story-link", "A headline that leads to another story is a mistake that everyone notices.", stories.story_links
    ),
    Rule("story-picture", "A picture of another story is a mistake that may be libel.", stories.story_pictures),
    Rule("story-credit", "Whoever wrote a story is named with it, and nobody else.", stories.story_credits),
    Rule("preheader", "Every inbox shows it below the subject.", parts.preheader),
    Rule("blurb", "Readers expect to learn in the letter what happened.", parts.blurbs),
    Rule("text-content", "Some readers use the text part, and filters compare it with the HTML.", parts.text_headlines),
    Rule("text-links", "Readers of the text part need every address.", parts.text_links),
    Rule("text-only", "Filters compare the parts, and fraud is where they differ.", parts.text_only),
    Rule(
        "sections",
        "An editor's own section is as binding as a story, and the law wants advertising labelled.",
        sections.own_sections,
    ),
    Rule("text-plain", "Markup makes the text part unreadable.", parts.text_is_plain),
    Rule("hidden-text", "Fraudulent mail hides text that only filters read.", spam.hidden_text),
    Rule("spam-signs", "Filters add these signs up; with too many the letter lands in junk.", spam.spam_signs),
    Rule("subject", "It decides whether the letter is opened or filtered.", wire.subject),
    Rule(
        "headers",
        "Mailbox providers refuse bulk mail without them; a duplicate is a sign of header injection.",
        wire.headers,
    ),
    Rule("one-click", "Gmail and Yahoo refuse bulk mail without RFC 8058.", wire.one_click_unsubscribe),
    Rule(
        "structure",
        "Clients show the last alternative they support, and only pictures that the message contains.",
        wire.structure,
    ),
    Rule("round-trip", "What mail programs parse must be what was approved.", wire.round_trip),
    Rule("lines", "SMTP servers refuse long lines, bare line feeds and 8-bit text.", wire.lines),
)


def check_issue(email: Email, issue: Issue, eml: bytes) -> tuple[Finding, ...]:
    """Return the findings on an issue's e-mail and message, in the order of the rules; empty when all hold."""
    view = View(email, issue, eml)
    return tuple(
        Finding(rule.name, fault.severity, fault.message, fault.story, fault.line)
        for rule in RULES
        for fault in rule.check(view)
    )
