"""Query parameters that track readers."""

from urllib.parse import urlsplit

import pytest

from pipeline.text.links import tracking_in, tracking_parameters, untracked, without_tracking


@pytest.mark.parametrize(
    "name",
    [
        *("utm_source", "UTM_Medium", "fbclid", "gclid", "mc_eid", "_hsenc", "igshid", "msclkid"),
        *("at_medium", "s_cid", "xtor", "gbraid", "gad_source", "ysclid", "_bhlid", "oft_id", "trk_msg", "Echobox"),
        *(
            "hmb_source",
            "__cft__[0]",
            "cm_mmca2",
            "spMailingID",
            "n_cid",
            "taid",
            "_branch_referrer",
            "sc_eh",
            "et_rid",
        ),
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
    ("fragment", "kept"),
    [("xtor=RSS-3-[lestitres]", ""), ("Echobox=1764580000", ""), ("utm_source=feed&tides", "utm_source=feed&tides")]
    + [(place, place) for place in ("comments", "page=2", "/route?utm_source=x", ":~:text=tide")],
)
def test_tracking_in_a_fragment_is_removed(fragment: str, kept: str) -> None:
    """Some sites have it there; a place on a page, or in a program, stays."""
    address = f"https://harbour.example/a#{fragment}"
    assert untracked(urlsplit(address)).geturl() == f"https://harbour.example/a{'#' if kept else ''}{kept}"
    assert bool(tracking_in(address)) == (fragment != kept)


@pytest.mark.parametrize(
    ("query", "kept"),
    [("partner=rss&id=5&emc=rss", "id=5"), ("ref=feed", ""), ("mod=rss", ""), ("source=4", "source=4")],
)
def test_a_channel_as_the_value_of_an_origin_is_removed(query: str, kept: str) -> None:
    """It tells the site that the reader came by its feed, and is not needed to find the page."""
    assert without_tracking(query) == kept
