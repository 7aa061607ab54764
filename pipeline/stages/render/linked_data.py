"""An issue in schema.org's vocabulary, for search engines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from pipeline.records import Feature, Issue
from pipeline.stages.render.template_values import issue_link, safe_link


def linked_data(issue: Issue, pictures: Mapping[str, str]) -> dict[str, Any]:
    """The issue as a NewsArticle, with its stories; `pictures` are the addresses of their pictures by story."""
    masthead = issue.masthead
    publisher = {"@type": "Organization", "name": masthead.desk_name, "email": masthead.desk_address}
    host = {"@type": "Person", "name": issue.letter.host} if issue.letter.host else publisher
    date = issue.date.isoformat()
    address = safe_link(masthead.browser_url)
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": issue.subject,
        "description": issue.preheader,
        "datePublished": date,
        "inLanguage": issue.language,
        "author": host,
        "publisher": publisher,
        "isPartOf": {
            "@type": "PublicationIssue",
            "issueNumber": str(issue.number),
            "datePublished": date,
            "isPartOf": {"@type": "Periodical", "name": masthead.title},
        },
        "hasPart": [
            *(_feature(each, issue_link(issue, each.url), pictures.get(each.story)) for each in issue.features),
            *(
                _article(each.title, each.language, each.outlet, issue_link(issue, each.url), ())
                for each in issue.reads
            ),
        ],
    }
    if pictures:
        data["image"] = list(pictures.values())
    return data | ({"url": address, "mainEntityOfPage": address} if address else {})


def _feature(feature: Feature, address: str | None, picture: str | None) -> dict[str, Any]:
    data = _article(feature.headline, feature.language, feature.outlet, address, feature.authors)
    return data | ({"image": picture} if picture else {})


def _article(headline: str, language: str, outlet: str, url: str | None, authors: Sequence[str]) -> dict[str, Any]:
    data: dict[str, Any] = {"@type": "NewsArticle", "headline": headline, "inLanguage": language}
    if url:
        data["url"] = url
    if outlet:
        data["publisher"] = {"@type": "Organization", "name": outlet}
    if authors:
        data["author"] = [{"@type": "Person", "name": name} for name in authors]
    return data


def json_for_script(value: Any) -> Markup:
    """JSON that cannot close the script element that contains it."""
    text = json.dumps(value, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - it contains no markup
