"""What the README and the pages behind it show is run as it stands, or at least parsed; what they point to is there."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ans.command_arguments import parser_of
from ans.ui.environment import Environment
from ans.ui.start import parser as page_parser

ROOT = Path(__file__).resolve().parent.parent
GUIDE = sorted((ROOT / "assets" / "guide").glob("*.md"))
DATASET = ROOT / "assets" / "datasets" / "assistant" / "README.md"
PAGES = [ROOT / "README.md", *GUIDE, ROOT / "assets" / "benchmarks" / "README.md", DATASET]
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
EXAMPLE = "assets/examples/messages.csv"
# Programs that are not this project's, and words of the shell; their arguments are not looked at, but for pip's extras.
OTHERS = {"python3", ".", "pip", "hf", "curl", "sed", "grep", "while", "sleep", "done", "apt", "ls", "echo"}
OWN = re.compile(r"(?:python|\S*/python) -m ((?:ans|tests)\S*)(.*)|(?:\S*/)?ans( .*)", re.DOTALL)
INLINE = re.compile(r"`((?:\S*python -m (?:ans |ans\.|tests)[^`]*)|(?:ans -{0,2}[a-z][^`]*))`")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


# The README's first is run by tests/test_package.py, of the installed package.
PYTHON = [(name, block) for name, text in TEXTS.items() for block in blocks(text, "python")][1:]


@pytest.mark.parametrize(("name", "block"), PYTHON, ids=[f"{name}-{i}" for i, (name, _) in enumerate(PYTHON)])
def test_each_piece_of_python_runs_in_a_folder_of_its_own_and_prints_what_stands_behind_it(name, block, tmp_path):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{block}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == re.findall(r"print\(.*\)  # (.*)", block)


def commands(block: str) -> Iterator[list[str]]:
    """The words of each command: a line of the shell, or a part of one between `&&`, `|`, `;`, `$(` and `)`."""
    for line in block.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line.replace("$(", " ( "), posix=True, punctuation_chars=True)
        lexer.whitespace_split, command = True, []
        for word in [*lexer, ";"]:
            if word not in {";", "&&", "|", "(", ")", "MODEL="}:
                command.append(word)
            elif command:
                yield command
                command = []


def without_variables(command: list[str]) -> list[str]:
    """A command without the variables before it, and without the words that begin a loop's body."""
    while command and (re.match(r"[A-Z_]+=", command[0]) or command[0] in ("do", "until")):
        command = command[1:]
    return command


def accepts(module: str | None, words: list[str]) -> None:
    """Whether this project's command takes these words; no command is run.

    Raises:
        ValueError, SystemExit: it does not.
    """
    if module in (None, "ans"):
        if words[:1] == ["app"]:
            page_parser(Environment()).parse_args(words[1:])
        else:
            parser_of(words).parse_args(words)
        return
    source = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")  # a tool has a parser of its own
    missing = [word for word in words if word.startswith("--") and f'"{word}"' not in source]
    if missing:
        raise ValueError(f"{module} has no {missing}")


def check(command: list[str]) -> None:
    own = OWN.fullmatch(shlex.join(command))
    if own is not None:
        accepts(own[1], shlex.split(own[2] if own[1] else own[3]))
        return
    assert command[0].removeprefix(".venv/bin/").removeprefix("beside/bin/") in {*OTHERS, "python"}, command
    if "install" in command:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
        for asked in re.findall(r"\.\[(.*?)\]", " ".join(command)):
            assert asked in extras, command


@pytest.mark.parametrize("name", TEXTS)
def test_each_command_is_one_that_its_program_takes(name, capsys):
    text = TEXTS[name]
    found = [command for block in blocks(text, "sh") for command in commands(block)]
    found += [shlex.split(line) for line in INLINE.findall(text) if "…" not in line]
    for command in filter(None, map(without_variables, found)):
        try:
            check(command)
        except (ValueError, SystemExit, argparse.ArgumentError) as error:
            if not isinstance(error, SystemExit) or error.code != 0:  # --version and --print-completion end at once
                pytest.fail(f"{name}: {shlex.join(command)}: {error} {capsys.readouterr().err}")


def test_a_file_of_this_repository_that_a_page_names_is_there():
    for name, text in TEXTS.items():
        for path in re.findall(r"`((?:tests|ans|assets)/[\w./-]+\.\w+)`", text):
            assert (ROOT / path).is_file(), f"{name} names {path}"


def test_nothing_tells_people_to_install_this_project_from_an_index_that_does_not_have_it():
    code = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "ans").rglob("*.py")}
    for name, text in {**TEXTS, **code}.items():
        assert not re.search(r"pip install [^\n]*ans-open-world", text), name


def test_a_command_that_its_program_does_not_take_is_found():
    for wrong in ("ans train --datsaet x.csv", "ans app --pbulic", "python -m ans benchmark table9"):
        with pytest.raises((ValueError, SystemExit)):
            check(shlex.split(wrong))
    with pytest.raises(ValueError, match="--sedes"):
        check(shlex.split("python -m tests.tools.report_questions --sedes 0"))
    with pytest.raises(FileNotFoundError):
        check(shlex.split("python -m tests.tools.report_nothing"))


def section(heading: str) -> str:
    return TEXTS["README.md"].split(f"\n## {heading}\n")[1].split("\n## ")[0]


FIVE_MINUTES = section("From your CSV to a bot's answer in five minutes")


@pytest.fixture
def shell(tmp_path):
    """A function: lines of a shell → what they print, in a folder of their own where the command `ans` is."""
    command = tmp_path / "bin" / "ans"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ans "$@"\n')
    command.chmod(0o755)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{command.parent}:{os.environ['PATH']}"}
    env |= {"ANS_HOME": str(tmp_path / "home")}

    def lines(block: str) -> str:
        done = subprocess.run(["sh", "-ec", block], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return lines


def test_the_commands_of_the_page_for_programs_run_one_after_the_other(shell, tmp_path):
    """But for `pip`, and with a quick training in place of the long one."""
    quick = " --trainable-layers 0 --epochs 1 --head-steps 20 --folds 0 --device cpu"
    _, train, *others = blocks(TEXTS["assets/guide/programs.md"], "sh")[0].splitlines()
    assert train.startswith("ans train --dataset assistant ")
    (tmp_path / "asked.csv").write_text("text,who\nwake me up at seven,ada\ndo fish sleep,bob\n", encoding="utf-8")
    (tmp_path / "corrections.tsv").write_text("text\tlabel\nget me up at noon\talarm_set\n", encoding="utf-8")
    assert shell(train + quick)
    printed = {line: shell(line) for line in others}
    assert [line.split()[1] for line in others] == ["predict", "predict", "evaluate", "teach", "doctor"]
    one, _, measured, taught, found = printed.values()
    assert [json.loads(line)["row"] for line in one.splitlines()] == [1, 2]
    assert (tmp_path / "answered.csv").read_text(encoding="utf-8").startswith("row,text,who,answer_label,")
    assert "accuracy" in measured
    assert "Of 1 corrected texts the model had " in taught
    assert "encoders" in found


def test_from_a_csv_to_an_answer_on_the_command_line_as_the_readme_says(shell, tmp_path):
    (tmp_path / EXAMPLE).parent.mkdir(parents=True)
    shutil.copy(ROOT / EXAMPLE, tmp_path / EXAMPLE)
    inspect, train, _ = blocks(FIVE_MINUTES, "sh")
    printed = [shell(block) for block in (inspect, train)]
    assert printed[0].startswith("This can be trained on.")
    answers = [json.loads(line) for line in printed[1].splitlines() if line.startswith("{")]
    (told,) = blocks(FIVE_MINUTES, "json")
    shown = [json.loads(line.replace(", …}", "}")) for line in told.splitlines()]
    assert [{key: answer[key] for key in one} for answer, one in zip(answers, shown, strict=True)] == shown


def test_the_example_file_begins_as_it_is_shown():
    (shown,) = blocks(FIVE_MINUTES, "csv")
    text = (ROOT / EXAMPLE).read_text(encoding="utf-8")
    assert text.startswith(shown)
    labels = [row["label"] for row in csv.DictReader(text.splitlines())]
    assert sorted(labels.count(label) for label in set(labels)) == [10] * 4


def slug(heading: str) -> str:
    """What GitHub calls a heading in a link."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"\[(.*?)\]\(.*?\)", r"\1", heading).lower()).replace(" ", "-")


@pytest.mark.parametrize("name", TEXTS)
def test_each_link_leads_to_a_file_that_is_there_and_to_a_heading_that_it_has(name):
    for target in re.findall(r"(?:\]\(|src=\")(?!https?:)([^)\"]*)[)\"]", TEXTS[name]):
        path, _, heading = target.partition("#")
        page = (ROOT / name).parent / path if path else ROOT / name
        assert page.exists(), f"{name} links to {target}"
        if heading:
            text = page.read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.*)$", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.M), re.M)
            assert heading in map(slug, headings), f"{name} links to {target}"


def test_the_readme_leads_to_each_page_and_each_page_leads_back():
    linked = {(ROOT / path).resolve() for path in re.findall(r"\]\((assets/[^)#]*\.md)", TEXTS["README.md"])}
    assert set(PAGES[1:]) <= linked
    assert all("](../../README.md)" in page.read_text(encoding="utf-8") for page in GUIDE)


@pytest.mark.parametrize("name", TEXTS)
def test_no_heading_of_a_page_stands_there_twice(name):
    outside = re.sub(r"^ *```.*?^ *```$", "", TEXTS[name], flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ .*$", outside, re.MULTILINE)
    assert sorted(headings) == sorted(set(headings))


def test_the_readme_has_one_test_command_which_ci_runs():
    assert TEXTS["README.md"].count("<!-- the test command -->") == 1
