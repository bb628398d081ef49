"""What Hugging Face and whoever cites this read of the repository agrees with what is in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.test_requirements import listed

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SPACE = yaml.safe_load(README.split("---\n")[1])
MEGABYTE = 1_000_000


def test_a_space_gets_the_gradio_and_the_python_that_were_tested():
    assert SPACE["sdk"] == "gradio"
    assert SPACE["sdk_version"] == listed(ROOT / "requirements.txt")["gradio"]
    assert SPACE["python_version"] == "3.11"
    assert (ROOT / SPACE["app_file"]).is_file()


def test_the_hub_takes_what_the_front_matter_says():
    assert len(SPACE["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {SPACE["colorFrom"], SPACE["colorTo"]} <= colours
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", name) for name in (*SPACE["models"], *SPACE["datasets"]))
    assert f"https://huggingface.co/{SPACE['models'][0]}" in README


def test_a_space_installs_the_same_pytorch_without_cuda_first():
    lines = (ROOT / "pre-requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if not line.startswith("#")]
    torch = listed(ROOT / "requirements.txt")["torch"]
    assert wanted == ["--extra-index-url https://download.pytorch.org/whl/cpu", f"torch=={torch}"]


def test_no_file_is_larger_than_the_hub_takes_without_a_word():
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listing:
        pytest.skip("no git here")
    large = {name for name in listing.splitlines() if (ROOT / name).stat().st_size > 10 * MEGABYTE}
    assert large == set()


def test_the_paper_is_cited_alike_in_both_places():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(cited)
    paper = cited["preferred-citation"]
    names = " and ".join(f"{one['family-names']}, {one['given-names']}" for one in paper["authors"])
    bibtex = dict(re.findall(r"^  (\w+) += \{(.*)\}", README.split("```bibtex")[1].split("```")[0], re.MULTILINE))
    assert bibtex == {
        "title": paper["title"],
        "author": names,
        "booktitle": paper["collection-title"],
        "year": str(paper["year"]),
        "pages": f"{paper['start']}--{paper['end']}",
        "doi": paper["doi"],
    }
    assert paper["url"] in README
