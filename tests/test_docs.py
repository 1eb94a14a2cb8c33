"""Tests that the documentation names what exists: settings, files, commands, pages, paths and links."""

import argparse
import dataclasses
import re
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from mnist_core import cli, settings
from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.engine import embedding_maps, queue, shared, worker
from mnist_core.host import auth, backup
from mnist_core.recipes import RECIPES
from mnist_core.room import drawings, people, presence, state, votes  # importing them declares the tables
from mnist_core.room import settings as room_settings
from mnist_core.room.database import Table
from mnist_core.runs import pace, store
from mnist_core.runs.control import Control
from mnist_core.runs.robustness import Robustness
from mnist_core.runs.status import Status
from mnist_core.untrusted.import_report import ImportReport
from tests.runs.damage import complete_run

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md"))]
TABLES = {each.__tablename__ for each in (drawings.StoredDrawing, people.StoredNickname, presence.StoredPresence)} | {
    each.__tablename__ for each in (room_settings.StoredSettings, votes.StoredVote)
}

FIELDS = {  # the dataclasses in a run's JSON files, by the heading of their table
    "Fields of `config.json`": {"": RunConfig, "model.": ModelConfig, "training.": TrainingConfig},
    "Fields of `status.json`": {"": Status},
    "Fields of `control.json`": {"": Control},
    "Fields of `imported.json`": {"": ImportReport},
    "Fields of `robustness.json`": {"": Robustness},
}
NOT_IN_CONFIG_CLASSES = {"versions"}  # written by the store beside the configuration

FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.-]+(/[\w.<>…-]+)+/?|[\w.-]+/|[\w-]+\.(py|js)")
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
PLACEHOLDER = re.compile(r"/_?NAME|/<|/…")  # in a path
# After the prompt, variables and the path of the program; up to a comment, a pipe or a redirection.
COMMAND = re.compile(
    r"(?:\$ )?(?:[A-Z_]+=\S+ )*(?:\S*/)?(?:python -m mnist_core|digit-lab) ((?:(?! [#>|] (?![^[]*\])).)+)"
)


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def without_fences(text: str) -> str:
    return FENCE.sub("", text)


def code_of(text: str) -> Iterator[str]:
    """The code spans of a page, and the lines of its code blocks."""
    yield from CODE_SPAN.findall(without_fences(text))
    for block in FENCE.findall(text):
        yield from (line.strip() for line in block.splitlines()[1:-1])


def sections(text: str) -> dict[str, str]:
    """The text below each heading, up to the next heading of any level, by the heading; "" is before the first."""
    parts = re.split(r"^#+ (.+)$", without_fences(text), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> list[list[str]]:
    """The cells of the tables in a section, without headers and separators."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    headers = {index - 1 for index, line in enumerate(lines) if set(line) <= set("|-: ")}
    content = [line for index, line in enumerate(lines) if index not in headers and index - 1 not in headers]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in content]


def names_in(cells: list[str]) -> set[str]:
    return set(chain.from_iterable(map(CODE_SPAN.findall, cells)))


def first_column(section: str) -> set[str]:
    return names_in([row[0] for row in rows(section)])


def run_files() -> set[str]:
    return first_column(sections(text_of("run-folder.md"))["Files of a run folder"])


def home_files() -> set[str]:
    return first_column(sections(text_of("run-folder.md"))["Files of the home folder"])


def test_environment_md_describes_every_variable_of_the_settings():
    variables = {value for name, value in vars(settings).items() if name.isupper() and isinstance(value, str)}
    assert first_column(sections(text_of("environment.md"))["Digit Lab's own"]) == variables


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_variables_that_the_settings_read(page):
    variables = {value for name, value in vars(settings).items() if name.isupper() and isinstance(value, str)}
    assert set(re.findall(r"DIGIT_LAB_[A-Z_]+", page.read_text(encoding="utf-8"))) <= variables


def test_run_folder_md_describes_every_file_of_a_run(home):
    run = complete_run(home, "complete")
    child = store.create(run.continuation(), home)
    paths = [path.relative_to(each.path).as_posix() for each in (run, child) for path in each.path.rglob("*")]
    files = {path for path in paths if path not in ("snapshots", "resume")}
    assert {re.sub(r"(?<=[-+])\d+", lambda number: "N" * len(number[0]), file) for file in files} == run_files()


def test_run_folder_md_describes_every_file_of_the_home_folder():
    files = {shared.ENGINE_FILE, shared.LOCK_FILE, shared.LOG_FILE, queue.QUEUE_LOCK_FILE, pace.FILE, state.FILE}
    files |= {worker.PRECISION_FILE, auth.FILE, "runs/", "runs/.lock"}
    files |= {f"{folder}/" for folder in (embedding_maps.FOLDER, backup.FOLDER, store.DAMAGED_FOLDER)}
    assert home_files() == files


@pytest.mark.parametrize("heading", FIELDS)
def test_run_folder_md_describes_every_field_of_a_json_file(heading):
    fields = {f"{prefix}{each.name}" for prefix, kind in FIELDS[heading].items() for each in dataclasses.fields(kind)}
    assert first_column(sections(text_of("run-folder.md"))[heading]) - NOT_IN_CONFIG_CLASSES == fields


def test_run_folder_md_describes_every_column_of_the_rooms_database():
    described: dict[str, set[str]] = {}
    table = ""
    for row in rows(sections(text_of("run-folder.md"))["The room's database"]):
        table = row[0].strip("`") or table
        described.setdefault(table, set()).update(names_in([row[1]]))
    tables = {name: table for name, table in Table.metadata.tables.items() if name in TABLES}
    assert described == {name: set(table.columns.keys()) for name, table in tables.items()}


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, by name."""
    (action,) = (each for each in cli._parser()._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def options_of(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings} - {"-h", "--help"}


def test_cli_md_describes_every_command():
    headings = {heading.strip("`") for heading in sections(text_of("cli.md")) if heading.startswith("`")}
    assert headings == set(commands())


@pytest.mark.parametrize("name", commands())
def test_cli_md_describes_every_option_of_a_command(name):
    named = first_column(sections(text_of("cli.md"))[f"`{name}`"])
    assert set(re.findall(r"--[\w-]+", " ".join(named))) == options_of(commands()[name])


def test_networks_md_has_a_column_for_every_recipe():
    lines = sections(text_of("networks.md"))["Recipes"].splitlines()
    header = next(line for line in lines if line.startswith("|"))
    assert CODE_SPAN.findall(header) == list(RECIPES)


def test_cli_md_gives_every_recipe_as_the_range_of_its_option():
    (row,) = (row for row in rows(sections(text_of("cli.md"))["`train`"]) if row[0] == "`--recipe`")
    assert CODE_SPAN.findall(row[-1]) == list(RECIPES)


def test_readme_counts_the_recipes():
    numbers = re.findall(r"(\w+) recipes\b", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert numbers == [NUMBER_WORDS[len(RECIPES)]] * len(numbers)


def test_pages_md_has_a_section_for_every_page_of_the_app():
    headings = "\n".join(heading for heading in sections(text_of("pages.md")))
    files = re.findall(r"^\S.* \(`(pages/\w+\.py)`\)$", headings, flags=re.MULTILINE)
    assert sorted(files) == sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py"))


def missing_paths(page: Path) -> Iterator[str]:
    """The paths in the code spans of a page that are neither in the project nor in a lab's home folder.

    A path is relative to the project, to mnist_core, or to a folder of the project that the page names; in a home
    folder, it may begin with "lab/". What follows a placeholder, such as NAME, is not looked for.
    """
    spans = CODE_SPAN.findall(without_fences(page.read_text(encoding="utf-8")))
    folders = {ROOT / span for span in spans if span.endswith("/") and (ROOT / span).is_dir()}
    roots = [ROOT, ROOT / "mnist_core", *sorted(folders)]
    created = {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} - {"lab"}
    for span in filter(PATH.fullmatch, spans):
        path = PLACEHOLDER.split(span)[0]
        is_known = any((root / path.partition("/")[0]).exists() for root in roots)
        is_path = is_known or span.endswith("/") or Path(span).suffix
        is_created = any(f"{span}/".startswith(f"{each}/") for each in created)
        if is_path and not (is_created or is_in_lab(span) or any((root / path).exists() for root in roots)):
            yield span


def is_in_lab(path: str) -> bool:
    """Whether docs/run-folder.md names this file or folder of a run or of the home folder."""
    name = path.removeprefix("lab/")
    folder = f"{name.partition('/')[0]}/"
    in_named_folder = folder in home_files() and not name.endswith(".py")
    return name in run_files() | home_files() | {"", "snapshots/", "resume/"} or in_named_folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_on_a_page_exists(page):
    assert list(missing_paths(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_of_a_page_resolves(page):
    for link in LINK.findall(without_fences(page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        assert target.exists(), link
        if anchor:
            assert anchor in map(anchor_of, sections(target.read_text(encoding="utf-8"))), link


def anchor_of(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def make_targets() -> set[str]:
    """The targets that the Makefile has rules for; a line with := or = sets a variable."""
    heads = re.findall(r"^([a-z][a-z -]*):(?!=)(?![^=\n]*=)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    return {target for head in heads for target in head.split()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_on_a_page_is_in_the_makefile(page):
    code = "\n".join(code_of(page.read_text(encoding="utf-8")))
    assert set(re.findall(r"^make ([a-z][\w-]*)", code, flags=re.MULTILINE)) <= make_targets()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_module_that_a_page_starts_exists(page):
    modules = re.findall(r"python -m ((?:mnist_core|tests)[\w.]*)", page.read_text(encoding="utf-8"))
    paths = [ROOT.joinpath(*module.split(".")) for module in modules]
    assert [path for path in paths if not path.with_suffix(".py").exists() and not path.is_dir()] == []


def examples(synopsis: str) -> Iterator[list[str]]:
    """The commands that a synopsis such as "train [--epochs N] IMAGE…" allows: with no option, then with each one.

    Of alternatives, ``a|b`` or ``[--a | --b]``, each is used.
    """
    synopsis = re.sub(r"\b[NS]\b", "1", synopsis.replace("\\|", "|").replace("…", ""))
    required = re.sub(r"\[[^]]*\]", "", synopsis)
    groups = [option for group in re.findall(r"\[([^]]*)\]", synopsis) for option in group.split(" | ")]
    for command in (required, *(f"{required} {option}" for option in groups)):
        (*_, most) = sorted(shlex.split(command), key=lambda word: word.count("|"))
        for alternative in most.split("|"):
            yield shlex.split(command.replace(most, alternative))


def is_mention(words: list[str]) -> bool:
    """Whether a page only names a command, perhaps with options, and gives no example of it."""
    name, *others = words
    return name == "COMMAND" or (name in commands() and set(others) <= options_of(commands()[name]) | {"--help"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_parser_accepts_every_command_on_a_page(page):
    for code in code_of(page.read_text(encoding="utf-8")):
        match = COMMAND.match(code)
        for arguments in examples(match[1]) if match and not is_mention(match[1].split()) else ():
            cli._parser().parse_args(arguments)  # exits with an error message otherwise


def test_a_synopsis_gives_a_command_for_each_option_and_each_alternative():
    assert list(examples("train [--recipe a\\|b] [--seed S] IMAGE…")) == [
        ["train", "IMAGE"],
        ["train", "IMAGE", "--recipe", "a"],
        ["train", "IMAGE", "--recipe", "b"],
        ["train", "IMAGE", "--seed", "1"],
    ]
