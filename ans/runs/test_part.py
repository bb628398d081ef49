"""What a finished run keeps of its test part: `test.json` and `test.safetensors`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ans.json_files import DamagedFile, parser, read_typed, write_json
from ans.tensor_files import read_tensors

if TYPE_CHECKING:
    import numpy as np

TEXTS_FILE, ARRAYS_FILE = "test.json", "test.safetensors"


@dataclass(frozen=True)
class _Texts:
    texts: list[str]
    labels: list[str]


def write_test_texts(folder: Path, texts: list[str], labels: list[str]) -> None:
    """Write the texts [N] and their label names [N]."""
    write_json(folder / TEXTS_FILE, asdict(_Texts(texts, labels)))


def read_test_part(folder: Path) -> tuple[list[str], list[str], dict[str, np.ndarray]]:
    """Test texts [N], their label names [N], and arrays: features [N, V·d], logits [N, C], answers [N].

    Raises:
        FileNotFoundError: one of the files is not there. DamagedFile: they can't be read, or don't fit together.
    """
    from safetensors.numpy import load_file

    found = read_typed(folder / TEXTS_FILE, _PARSE)
    arrays = read_tensors(folder / ARRAYS_FILE, load_file)
    count = len(found.texts)
    if len(found.labels) != count:
        raise DamagedFile(f"{TEXTS_FILE} is damaged ({count} texts, {len(found.labels)} labels).")
    shapes = {name: array.shape for name, array in arrays.items()}
    fit = (
        {name: len(shape) for name, shape in shapes.items()} == {"features": 2, "logits": 2, "answers": 1}
        and {shape[0] for shape in shapes.values()} == {count}
        and shapes["logits"][1] > 0
    )
    if not fit:
        raise DamagedFile(f"{ARRAYS_FILE} is damaged (for {count} texts it holds {shapes}).")
    if not count:  # no run was judged on none
        raise DamagedFile(f"{TEXTS_FILE} is damaged (it holds no text).")
    for name in ("features", "logits"):
        _check_numbers(name, arrays[name])
    answers = arrays["answers"]
    if answers.dtype.kind not in "iu" or not -1 <= answers.min() <= answers.max() < shapes["logits"][1]:
        raise DamagedFile(f"{ARRAYS_FILE} is damaged (its answers are not those of its {shapes['logits'][1]} classes).")
    return list(found.texts), list(found.labels), arrays


def _check_numbers(name: str, array: np.ndarray) -> None:
    """Whoever uses them expects 32-bit floats, and JSON has no word for what is no number."""
    import numpy as np

    if array.dtype != np.float32:
        raise DamagedFile(f"{ARRAYS_FILE} is damaged (its {name} are {array.dtype}, not float32).")
    if not np.isfinite(array).all():
        raise DamagedFile(f"{ARRAYS_FILE} is damaged (its {name} hold values that are no finite numbers).")


_PARSE = parser(_Texts)
