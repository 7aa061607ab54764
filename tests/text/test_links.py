"""Query parameters that track readers."""

import pytest

from pipeline.text.links import tracking_parameters, without_tracking


@pytest.mark.parametrize(
    "name", ["utm_source", "UTM_Medium", "fbclid", "gclid", "mc_eid", "_hsenc", "igshid", "msclkid"]
)
def test_tracking_parameters_are_found_and_removed(name: str) -> None:
    """Those of analytics, advertisers and mailing services."""
    assert tracking_parameters(f"a=1&{name}=x") == [name]
    assert without_tracking(f"a=1&{name}=x&b=%C3%A9") == "a=1&b=%C3%A9"


@pytest.mark.parametrize("query", ["", "page=2", "id=utm_source", "b=%7E&a=+", "utm=1"])
def test_a_query_without_tracking_is_unchanged(query: str) -> None:
    """Not even its escapes are rewritten."""
    assert tracking_parameters(query) == []
    assert without_tracking(query) == query
