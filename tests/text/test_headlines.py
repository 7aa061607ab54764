"""Headlines without the outlet, the series and the markup around them; and those that report no single event."""

import pytest

from pipeline.text.headlines import read_headline, read_summary


@pytest.mark.parametrize(
    ("title", "outlet", "text"),
    [
        ("Harbour bridge closes for repairs - Kisui Times", "Kisui Times", "Harbour bridge closes for repairs"),
        ("港口大桥因维修关闭两周 -- 木水日报", "木水日报", "港口大桥因维修关闭两周"),
        ("Harbour bridge closes for repairs | The Kisui Times", "", "Harbour bridge closes for repairs"),
        ("Brücke gesperrt – die Stadt sucht Ursachen", "", "Brücke gesperrt – die Stadt sucht Ursachen"),
        ("Bridge &amp; <b>tunnel</b> close", "", "Bridge & tunnel close"),
        ("The Latest: bridge closes for repairs", "", "bridge closes for repairs"),
        ("Harbour latest: bridge closes for repairs", "", "Harbour: bridge closes for repairs"),
        ("EN DIRECT - le pont est fermé depuis midi", "", "EN DIRECT - le pont est fermé depuis midi"),
        ("快讯：港口大桥因维修关闭两周", "", "港口大桥因维修关闭两周"),
        ("Mayor: the bridge stays closed", "", "Mayor: the bridge stays closed"),
        ("", "Kisui Times", ""),
        ("|", "", "|"),
    ],
)
def test_a_headline_is_compared_without_what_is_not_news(title: str, outlet: str, text: str) -> None:
    assert read_headline(title, outlet)[:2] == (text, "")


def test_a_headline_says_what_was_removed() -> None:
    _, _, had_outlet, had_series = read_headline("The Latest: bridge closes for repairs - Kisui Times", "Kisui Times")
    assert had_outlet
    assert had_series
    assert read_headline("Mayor: the bridge stays closed", "Kisui Times")[2:] == (False, False)


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("港口早报｜大桥关闭两周；新渡轮启航", "digest"),
        ("Bridge closes; quota falls; ferry line sold", "digest"),
        ("Bridge closes; mayor angry", ""),
        ("harbour/tide-tables", "repository"),
        ("造船所の行方 4ページ目 | ビジネス", "listing"),
        ("Daily life at the harbour", ""),
        ("The $2 billion deal on the harbour's orders", ""),
    ],
)
def test_a_rule_names_what_reports_no_single_event(title: str, rule: str) -> None:
    assert read_headline(title, "").rule == rule


def test_a_link_feed_is_no_summary() -> None:
    fields = "Article URL: https://a.example/1 Comments URL: https://b.example/2 Points: 12 # Comments: 3"
    assert read_summary(fields) == ("", True)
    assert read_summary("Comments") == ("", True)
    assert read_summary("The bridge <i>closes</i>.") == ("The bridge closes .", False)
