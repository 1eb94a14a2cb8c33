"""What relies on the inside of Streamlit and of the canvas: the installed versions are those it was made for."""

from importlib.metadata import version

import pytest

from pages._shared.streamlit_internals import MADE_FOR, unmask_token


@pytest.mark.parametrize("package", MADE_FOR)
def test_the_installed_version_is_the_one_that_streamlit_internals_was_made_for(package):
    installed = version(package)
    assert installed.rpartition(".")[0] == MADE_FOR[package], (
        f"pages/_shared/streamlit_internals.py was made for {package} {MADE_FOR[package]}, and {installed} is "
        "installed. Check each of its pieces with the new version, then change MADE_FOR."
    )


def test_a_masked_xsrf_cookie_is_unmasked_and_an_invalid_one_gives_no_bytes():
    masked = "2|0f0f0f0f|2e2d2c2b|1795400000"
    other_mask = "2|00000000|21222324|1795400009"
    assert unmask_token(masked) == unmask_token(other_mask) == bytes.fromhex("21222324")
    for invalid in ("", "2|zz|zz|1", "a|b", "2|||3"):
        assert unmask_token(invalid) == b""
