"""Whatever a source writes into a key, its address leads back to it."""

from urllib.parse import unquote, urlsplit

import pytest
from django.urls import resolve, reverse
from hypothesis import example, given
from hypothesis import strategies as st

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AWKWARD = ["", ".", "..", "/", "a/b", "~", "~2f", "?", "#", "%", "%2F", "\\", "\n", "a\r\nb", "²", "🎾", " ", ";", "\0"]


def arrives(name: str, *keys: str) -> bool:
    """Whether the address of these keys, split as a server does, leads to a view with the same keys."""
    address = urlsplit(f"http://rally.test{reverse(name, args=keys)}")
    assert not address.query
    assert not address.fragment
    assert not any(part in (".", "..", "") for part in address.path.split("/")[1:-1])
    return tuple(resolve(unquote(address.path)).kwargs.values()) == keys


@pytest.mark.parametrize("key", AWKWARD)
@pytest.mark.parametrize("name", ["league", "register_in", "find_me_in"])
def test_an_awkward_key_of_a_league_has_an_address(name, key):
    assert arrives(name, key)


@given(league=KEYS, key=KEYS)
@example("", "")
def test_any_series_and_any_player_has_an_address(league, key):
    assert arrives("series", league, key)
    assert arrives("player", league, key)


@given(keys=st.lists(KEYS, min_size=3, max_size=4))
def test_any_team_has_an_address(keys):
    assert arrives("team", *keys)


def test_a_plain_key_stands_in_the_address_as_it_is():
    assert reverse("player", args=["elm", "nndz-WkM2=="]) == "/l/elm/p/nndz-WkM2==/"


def test_an_older_address_with_slashes_in_the_id_leads_on():
    assert resolve("/l/elm/p/a/b/").kwargs == {"league_key": "elm", "external_id": "a/b"}
