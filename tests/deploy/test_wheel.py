"""The wheel with all that it needs, newest versions that it admits, as a person would install it: make test-wheel."""

import pytest

from tests.wheels import build_wheel, check_app, install


@pytest.mark.timeout(3600)  # pip loads all that the app needs, over the network
def test_a_wheel_that_was_installed_with_its_dependencies_runs_the_app(processes, tmp_path):
    wheel = build_wheel(tmp_path / "wheel")
    check_app(install(wheel, tmp_path, dependencies=True))
