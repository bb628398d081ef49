"""What can be wrong with a folder of a model: files that are missing, swapped, links, pipes, pickles, code."""

from __future__ import annotations

import json
import os
import pickle
import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ans.stress.drawn_damage import ENTRIES, spoilt

OUTSIDE = "outside"  # a folder beside those that are given, of which nothing may be touched
LEFT = "left"  # what is in it once foreign code has run
SAY_MOST, OFTEN = ("model.json", "config.json", "weights.safetensors", "tokenizer.json"), 4
CODE = """from pathlib import Path
Path({left!r}).touch()
from transformers import BertConfig as C, BertModel as M, BertTokenizerFast as T
"""


class Bomb:
    """What leaves a file behind where it is unpickled."""

    def __init__(self, left: Path) -> None:
        self.left = left

    def __reduce__(self) -> tuple:
        return Path.touch, (self.left,)


def prepare(outside: Path) -> None:
    """Put something there that a link or a name can lead to."""
    outside.mkdir()
    (outside / "canary").write_text('{"format": "canary"}')
    (outside / "canary.safetensors").write_bytes(b"\x02" + bytes(7) + b"{}")


def damaged(draw: random.Random, folders: Sequence[Path], outside: Path) -> list[str]:
    """Do one or two things to the files of one of these folders; what was done, for a person."""
    done, folder = [], draw.choice(folders)
    for _ in range(draw.choice((1, 1, 1, 2))):
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        if not files:  # all are gone already
            break
        what = draw.choice([name for name, (share, _) in WAYS.items() for _ in range(share)])
        path = draw.choice([path for path in files for _ in range(OFTEN if path.name in SAY_MOST else 1)])
        done.append(f"{what}: {path.relative_to(folder.parent)}")
        WAYS[what][1](draw, path, files, outside)
    return done


def _inside(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    path.write_bytes(spoilt(draw, path.name, path.read_bytes()))


def _swapped(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    alike = [one for one in files if one.suffix == path.suffix]
    other = draw.choice(alike if draw.random() < 0.7 else files)
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def _linked(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    ways = [outside / "canary", outside / "canary.safetensors", outside, outside / "nothing", path, Path("/etc/passwd")]
    ways += [Path("/dev/zero"), Path("/dev/stdin"), Path("/proc/self/mem")]
    path.unlink()
    path.symlink_to(draw.choice(ways))


def _piped(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    path.unlink()
    if hasattr(os, "mkfifo"):  # not on Windows
        os.mkfifo(path)


def _pickled(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    """A pickle in place of weights, also where a library would look for one."""
    weights = [one for one in files if one.suffix == ".safetensors"]
    path = draw.choice(weights) if weights else path
    content = pickle.dumps({"linear.weight": Bomb(outside / LEFT)})
    if draw.random() < 0.5:
        path.write_bytes(content)
    else:
        path.unlink()
        (path.parent / "pytorch_model.bin").write_bytes(content)


def _coded(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    """Code beside a description that names it."""
    described = [one for one in files if one.name in ("config.json", "tokenizer_config.json")]
    path = draw.choice(described) if described else path
    (path.parent / "own_code.py").write_text(CODE.format(left=str(outside / LEFT)))
    kind = draw.choice(('"bert"', '"of-its-own"', '"of-its-own"'))
    told = path.read_text(errors="replace").rstrip().removesuffix("}")
    path.write_text(f'{told}, "model_type": {kind}, "auto_map": {json.dumps(ENTRIES["auto_map"])}}}')


def _indexed(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    """Weights in parts, by an index that leads out of the folder."""
    weights = [one for one in files if one.name == "model.safetensors"]
    path = draw.choice(weights) if weights else path
    names = ["../../outside/canary.safetensors", "model.safetensors", str(outside / "canary"), "", *["/dev/zero"] * 2]
    index = {"metadata": {}, "weight_map": {"embeddings.word_embeddings.weight": draw.choice(names)}}
    (path.parent / f"{path.name}.index.json").write_text(json.dumps(index))
    path.rename(path.with_name("other.safetensors"))


def _made_directory(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    path.unlink()
    path.mkdir()


def _gone(draw: random.Random, path: Path, files: list[Path], outside: Path) -> None:
    if draw.random() < 0.8:
        path.unlink()
    else:
        shutil.rmtree(path.parent)


Way = Callable[[random.Random, Path, list[Path], Path], None]
WAYS: dict[str, tuple[int, Way]] = {  # how often, of 23, and what does it
    "spoilt": (12, _inside),
    "gone": (1, _gone),
    "swapped": (2, _swapped),
    "a link": (3, _linked),
    "a pipe": (1, _piped),
    "a directory": (1, _made_directory),
    "a pickle": (1, _pickled),
    "code": (1, _coded),
    "an index": (1, _indexed),
}
