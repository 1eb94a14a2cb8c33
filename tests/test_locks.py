"""The lock files: everything that is required, once, with its hashes, for each Python and system."""

import itertools
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FOLDERS = ["", "tests"]  # with requirements.txt and requirements.lock
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
ENVIRONMENTS = [
    system | {"python_version": python, "python_full_version": f"{python}.5", "implementation_name": "cpython"}
    for system, python in itertools.product(SYSTEMS.values(), ("3.11", "3.12", "3.13"))
]
for_each_environment = pytest.mark.parametrize(
    "environment", ENVIRONMENTS, ids=lambda each: f"{each['sys_platform']}-{each['python_version']}"
)


def required(path: Path) -> list[Requirement]:
    """The requirements in a requirements.txt, with those of the files that it includes."""
    found = []
    for line in path.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found += required(path.parent / text.removeprefix("-r "))
        elif text:
            found.append(Requirement(text))
    return found


def locked(folder: str) -> list[tuple[Requirement, list[str]]]:
    """The requirements in a lock file, each with its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / folder / "requirements.lock").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(Requirement(line.partition(" --hash")[0]), re.findall(r"--hash=(\S+)", line)) for line in lines]


def versions(folder: str, environment: dict[str, str]) -> dict[str, str]:
    """The locked version of each package in ``environment``. Fails when there are two."""
    found = [one for one, _ in locked(folder) if one.marker is None or one.marker.evaluate(environment)]
    names = [canonicalize_name(one.name) for one in found]
    assert len(names) == len(set(names)), "a package is locked twice"
    return {name: str(one.specifier).removeprefix("==") for name, one in zip(names, found, strict=True)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_lock_file_names_one_version_of_each_package_with_hashes_and_no_index(folder):
    for requirement, hashes in locked(folder):
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
    text = (ROOT / folder / "requirements.lock").read_text()
    assert "://" not in text
    assert "--index" not in text


@for_each_environment
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_locked_versions_are_what_requirements_txt_asks_for_so_make_lock_was_run(folder, environment):
    found = versions(folder, environment)
    for requirement in required(ROOT / folder / "requirements.txt"):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            version = found.get(canonicalize_name(requirement.name))
            assert version, f"{requirement} is not locked"
            assert requirement.specifier.contains(version), requirement


@for_each_environment
def test_the_tests_run_with_the_versions_of_the_app(environment):
    assert versions("", environment).items() <= versions("tests", environment).items()
