"""A browser's name is what this server gave it; nobody makes one up, and what earlier versions gave stays good."""

from __future__ import annotations

import os
import stat

import pytest

from ans.ui.identities import SECRET_FILE, Identities


def test_a_token_of_this_server_tells_its_name_also_after_a_restart(tmp_path):
    token = Identities(tmp_path).new()
    again = Identities(tmp_path)
    name = again.name(token)
    assert name is not None
    assert token.startswith(name)
    assert again.new(name) == token
    assert again.new() != again.new()


@pytest.mark.parametrize(
    "shown", [None, "", 5, [], "a" * 32, "a" * 32 + "." + "0" * 64, ("a" * 32 + ".") * 2, "../../etc", "ü" * 97]
)
def test_whatever_else_a_browser_shows_is_no_name(tmp_path, shown):
    assert Identities(tmp_path).name(shown) is None


def test_a_token_of_another_server_or_for_another_name_is_none(tmp_path):
    here, there = Identities(tmp_path / "here"), Identities(tmp_path / "there")
    assert here.name(there.new()) is None
    name, _, signed = here.new().partition(".")
    other = ("0" if name[0] != "0" else "1") + name[1:]
    assert here.name(f"{other}.{signed}") is None
    assert here.name(f"{name}.{signed}") == name
    assert here.name(f"{name}.{signed} ") is None


def test_a_bare_name_of_an_earlier_version_is_signed_only_where_something_is_of_it(tmp_path):
    identities, known = Identities(tmp_path), "a" * 32
    token = identities.token_of(known, lambda name: name == known)
    assert token is not None
    assert identities.name(token) == known
    assert identities.token_of(token, lambda name: False) == token
    assert identities.token_of("b" * 32, lambda name: name == known) is None
    assert identities.token_of("../" + "a" * 29, lambda name: True) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_the_secret_is_its_owners_alone_and_a_damaged_one_is_made_anew(tmp_path):
    token = Identities(tmp_path).new()
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600
    (tmp_path / SECRET_FILE).write_bytes(b"")
    again = Identities(tmp_path)
    assert again.name(token) is None
    assert again.name(again.new()) is not None
