"""What can be wrong inside a file of a model: JSON of another shape, tensors of another kind, a cut, changed bytes.

`draw` decides all of it. `ans stress fuzz` gives a random one with a seed; the tests one that hypothesis drives.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from ans.stress.drawn_values import anything

NUMBERS = (0, -1, 1, 2, 3, 17, 100_000, 10**9, 10**18, 2**63, 2**70, -(2**70), 0.5, 1e308, float("inf"), float("nan"))
NAMES = ("../../outside/canary", "/etc/passwd", "/dev/zero", "minilm", "nobody/nothing", "", "~", ".", "\x00", "auto")
# Entries that make a library look elsewhere, or run something.
ENTRIES = {
    "auto_map": {"AutoConfig": "own_code.C", "AutoModel": "own_code.M", "AutoTokenizer": ["own_code.T", "own_code.T"]},
    "attn_implementation": "kernels-community/flash-attn", "_attn_implementation": "nobody/nothing",
    "quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}, "transformers_weights": "../../x",
    "vocab_file": "/etc/passwd", "tokenizer_file": "/etc/passwd", "tokenizer_class": "own_code.T", "dtype": "nn",
    "model_type": "roformer", "num_hidden_layers": 1_000_000, "vocab_size": 10**12, "path": "../../outside",
    "known_classes": ["a"], "labels_in": {"open_label": {}, "dtype": "V8"},
}  # fmt: skip
KINDS = {"F32": 4, "F64": 8, "F16": 2, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1, "C64": 8, "F8_E4M3": 1, "X": 4}
MANY = 100_000  # entries, levels or digits, where few are expected


class Stored(NamedTuple):
    """A tensor as it stands in a safetensors file."""

    kind: str
    shape: list[int]
    raw: bytes


def spoilt(draw: random.Random, name: str, content: bytes) -> bytes:
    """A file with something wrong in it: mostly in what it says, else cut off, or with some bytes of it changed."""
    how = draw.random()
    if how < 0.7 and name.endswith(".json"):
        return _spoilt_json(draw, content)
    if how < 0.7 and name.endswith(".safetensors"):
        return _spoilt_tensors(draw, content)
    if how < 0.85:
        return content[: draw.randrange(len(content) + 1)]
    changed = bytearray(content)
    for _ in range(8 if changed else 0):  # at the beginning stands what says how to read the rest
        changed[draw.randrange(min(len(changed), 4000))] = draw.randrange(256)
    return bytes(changed)


def _spoilt_json(draw: random.Random, content: bytes) -> bytes:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):  # it was spoilt before
        return b"{}"
    how = draw.random()
    if how < 0.75:
        return json.dumps(_with_one_odd(draw, value)).encode()
    if how < 0.85 and isinstance(value, dict):
        return json.dumps({**value, **dict([draw.choice(list(ENTRIES.items()))])}).encode()
    shapes: dict[str, Callable[[], bytes]] = {
        "nested": lambda: b"[" * MANY,
        "nested, and closed": lambda: b'{"a":' * MANY + b"1" + b"}" * MANY,
        "digits": lambda: b"9" * MANY,
        "in a list": lambda: json.dumps([value]).encode(),
        "list": lambda: json.dumps(list(value) if isinstance(value, dict) else {"a": value}).encode(),
        "other letters": lambda: json.dumps(value).encode("utf-16"),
        "anything": lambda: json.dumps(anything(draw)).encode(),
    }
    return shapes[draw.choice(list(shapes))]()


def _with_one_odd(draw: random.Random, value: Any) -> Any:
    """The same with one value somewhere in it that is odd, missing, there twice, or there very often."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        if draw.random() < 0.1:
            return {name: one for name, one in value.items() if name != key}
        return {**value, key: _with_one_odd(draw, value[key])}
    if isinstance(value, list) and value and draw.random() < 0.8:
        place = draw.randrange(len(value))
        more = draw.choice(([_with_one_odd(draw, value[place])],) * 4 + ([], [value[place]] * 2))
        return [*value[:place], *more, *value[place + 1 :]]
    if isinstance(value, list) and draw.random() < 0.5:
        return [f"a {number}" for number in range(MANY)]
    if isinstance(value, (int, float)) and draw.random() < 0.7:
        return draw.choice(NUMBERS)
    if isinstance(value, str) and draw.random() < 0.5:
        return draw.choice(NAMES)
    return anything(draw)


def _spoilt_tensors(draw: random.Random, content: bytes) -> bytes:
    """A safetensors file that is whole by its own header, or says too much in it."""
    try:
        tensors = stored_tensors(content)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):  # it was spoilt before
        return b"\x02" + bytes(7) + b"{}"
    if not tensors:
        return content[:-1]
    name = draw.choice(list(tensors))
    kind, shape, raw = tensors[name]
    how = draw.choice(("kind", "renamed", "numbers", "numbers", "shape", "rows", "endless", "gone", "more", "header"))
    if how == "kind":  # the same bytes, or as many numbers
        other = draw.choice(list(KINDS))
        if draw.random() < 0.5:
            tensors[name] = Stored(other, shape, (raw * 8)[: len(raw) // KINDS.get(kind, 4) * KINDS[other]])
        else:
            tensors[name] = Stored(other, [len(raw) // KINDS[other]], raw[: len(raw) // KINDS[other] * KINDS[other]])
    elif how == "renamed":
        tensors["other"] = tensors.pop(name)
    elif how == "numbers":
        tensors[name] = Stored(kind, shape, _odd_numbers(draw, kind, raw))
    elif how == "shape":
        tensors[name] = Stored(kind, draw.choice(([*reversed(shape)], [*shape, 1], [1, *shape], [len(raw)])), raw)
    elif how == "rows" and shape and shape[0]:
        kept = draw.randrange(shape[0])
        tensors[name] = Stored(kind, [kept, *shape[1:]], raw[: len(raw) // shape[0] * kept])
    elif how == "endless":  # no byte of it is there
        tensors[name] = Stored(kind, [0, *[draw.choice((10**6, 10**12, 2**62))] * max(1, len(shape) - 1)], b"")
    elif how == "gone":
        del tensors[name]
    elif how == "more":
        tensors[draw.choice(("tail.0.x", "heads.views.9.weights.0", "calibration.x", "x"))] = tensors[name]
    header = _header(tensors)
    if how == "header":
        try:
            told = json.dumps(_with_one_odd(draw, json.loads(header))).encode()
        except ValueError:
            told = b"[" * MANY
        return draw.choice((len(told), len(told), 10**6, 2**63)).to_bytes(8, "little") + told + content[-1000:]
    return len(header).to_bytes(8, "little") + header + b"".join(one.raw for one in tensors.values())


def stored_tensors(content: bytes) -> dict[str, Stored]:
    """What a safetensors file holds.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header.pop("__metadata__", None)
    places = {name: [end + place for place in about["data_offsets"]] for name, about in header.items()}
    return {
        name: Stored(about["dtype"], about["shape"], content[slice(*places[name])]) for name, about in header.items()
    }


def _header(tensors: dict[str, Stored]) -> bytes:
    told, end = {}, 0
    for name, (kind, shape, raw) in tensors.items():
        told[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end := end + len(raw)]}
    return json.dumps(told).encode()


def _odd_numbers(draw: random.Random, kind: str, raw: bytes) -> bytes:
    """Numbers of which one, or each, is none, endless, very large or below zero."""
    one = {
        "F32": (b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\x00\x00\x80\xff", b"\xff\xff\x7f\x7f"),
        "F64": ((b"\x00" * 6 + b"\xf8\x7f"), (b"\x00" * 6 + b"\xf0\x7f"), (b"\xff" * 6 + b"\xef\x7f")),
        "I64": tuple(number.to_bytes(8, "little", signed=True) for number in (-1, 1, 2, 10**9, 2**62, -(2**62))),
    }.get(kind)
    if one is None or not raw:
        return bytes(len(raw))
    odd = draw.choice(one)
    if draw.random() < 0.5:
        return odd * (len(raw) // len(odd))
    place = draw.randrange(len(raw) // len(odd)) * len(odd)
    return raw[:place] + odd + raw[place + len(odd) :]
