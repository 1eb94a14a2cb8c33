"""The wheel: what is in it, and that what it installs works beside the packages of this suite."""

import json
import tomllib
import zipfile
from email.parser import Parser

import pytest

from mnist_core import __version__
from tests.browser.serving import ROOT
from tests.wheels import build_wheel, check_app, install

pytestmark = pytest.mark.usefixtures("processes")


@pytest.fixture(scope="module")
def wheel(processes, tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installation(wheel, tmp_path_factory):
    return install(wheel, tmp_path_factory.mktemp("installed"), dependencies=False)


def files_of(folder: str) -> set[str]:
    paths = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix() for path in paths}


def test_the_wheel_has_all_of_the_app_in_one_package(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        config = archive.read("mnist_core/_app/.streamlit/config.toml")
    app = {"app.py", ".streamlit/config.toml", *files_of("pages")}
    assert names == files_of("mnist_core") | {f"mnist_core/_app/{name}" for name in app}
    assert config == (ROOT / ".streamlit/config.toml").read_bytes()


def test_the_wheel_says_what_it_is_and_needs_what_requirements_txt_names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(path).decode())
        licences = [name for name in archive.namelist() if ".dist-info/licenses/" in name]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (metadata["Name"], metadata["Version"]) == ("digit-lab", __version__)
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert metadata["License-Expression"] == project["license"]
    assert {name.rpartition("licenses/")[2] for name in licences} == set(project["license-files"])
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    needed = {line.partition("#")[0].strip().lower() for line in lines}
    assert {requirement.lower() for requirement in metadata.get_all("Requires-Dist")} == needed


def test_the_installed_app_has_the_settings_and_the_pages_of_a_checkout_and_reads_digits(installation):
    check_app(installation)


def test_a_home_that_the_environment_names_is_used_in_place_of_the_persons_data(installation, tmp_path):
    there_before = installation.home.exists()
    printed = installation.run("host", DIGIT_LAB_HOME=str(tmp_path / "chosen"))
    assert (tmp_path / "chosen/host-password").read_text() in printed
    assert installation.home.exists() == there_before


def test_the_installed_command_scores_a_shipped_network_and_a_model_file(installation, tmp_path):
    model = installation.packages / "mnist_core/pretrained/book/model.keras"
    for reference in ("book", model):
        report = json.loads(installation.run("evaluate", reference, "--json", DIGIT_LAB_HOME=str(tmp_path)))
        assert report["correct"] == pytest.approx(9824, abs=5)  # other processors round otherwise
