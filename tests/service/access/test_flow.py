"""What binds an answer of an identity provider to the browser that asked."""

import pytest

from service.access import flow


@pytest.mark.parametrize("target", ["/", "/cases?x=1#a", "/vorgaenge/12", "/a/../b"])
def test_targets_on_this_host(target: str) -> None:
    assert flow.is_local(target)
    assert flow.begun(target).target == target


@pytest.mark.parametrize(
    "target", ["", "e", "//e", "/\\e", "http://e", "/a\n", "/a\\b", "/\t/e", "/ä", "javascript:x"]
)
def test_targets_elsewhere_lead_to_the_first_page(target: str) -> None:
    assert flow.begun(target).target == "/"


def test_state_nonce_and_verifier_follow_from_the_cookie_alone() -> None:
    begun = flow.begun("/vorgaenge")
    again = flow.resumed(f"{begun.secret}|/vorgaenge")
    assert again == begun
    assert again is not None
    three = {again.state, again.nonce, again.verifier}
    assert len(three | {begun.secret}) == 4
    assert all(len(one) == 43 for one in three)
    assert flow.begun("/").state != begun.state
    for cookie in (None, "", begun.secret, f"{begun.secret}|//e", f"{begun.secret[:-1]}|/"):
        assert flow.resumed(cookie) is None
