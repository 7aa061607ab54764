"""Query parameters that track readers."""

import pytest

from pipeline.text.links import tracking_parameters, without_tracking


@pytest.mark.parametrize(
    "name",
    [
        *("utm_source", "UTM_Medium", "fbclid", "gclid", "mc_eid", "_hsenc", "igshid", "msclkid"),
        *("at_medium", "s_cid", "xtor"),
    ],
)
def test_tracking_parameters_are_found_and_removed(name: str) -> None:
    """Those of analytics, advertisers and mailing services."""
    assert tracking_parameters(f"a=1&{name}=x") == [name]
    assert without_tracking(f"a=1&{name}=x&b=%C3%A9") == "a=1&b=%C3%A9"


@pytest.mark.parametrize("query", ["", "page=2", "id=utm_source", "b=%7E&a=+", "utm=1", "ref=1&source=2&s=3&gid=4"])
def test_a_query_without_tracking_is_unchanged(query: str) -> None:
    """Not even its escapes are rewritten."""
    assert tracking_parameters(query) == []
    assert without_tracking(query) == query


def test_parameters_of_shared_addresses_are_removed_at_their_site_only() -> None:
    """YouTube's `si` says who shared a film; elsewhere it may name the page."""
    assert without_tracking("v=abc&si=x", "www.youtube.com") == "v=abc"
    assert without_tracking("v=abc&si=x", "films.example") == "v=abc&si=x"


@pytest.mark.parametrize(
    ("query", "kept"), [("partner=rss&id=5&emc=rss", "id=5"), ("ref=feed", ""), ("source=4", "source=4")]
)
def test_a_channel_as_the_value_of_an_origin_is_removed(query: str, kept: str) -> None:
    """It tells the site that the reader came by its feed, and is not needed to find the page."""
    assert without_tracking(query) == kept
