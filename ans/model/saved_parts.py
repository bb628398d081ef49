"""What the parts of a saved model must be like, looked at before anything of their size is made.

Nobody vouches for what is in its files: that a class is named ten million times, that a number is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

# Beyond this, products of weights and features leave what 32 bits hold; those of trained models are far below.
LARGEST = 1e6
WIDTHS = ("heads.views.0.weights.0", "heads.views.0.weights.1")  # [C, in, out] of a head's hidden layers


class Unfit(ValueError):
    """Parts that are not those of one model. The message says which, without a full stop."""


def check_labels(labels: object) -> list[str]:
    """The known classes of a model.

    Raises:
        Unfit: they are no names, fewer than two, or not all different.
    """
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise Unfit("its labels are no list of names")
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise Unfit("its labels are not two or more different names")
    return labels


def check_factor(factor: object) -> float:
    """What a model's features are multiplied with.

    Raises:
        Unfit: it is no usable number.
    """
    if not isinstance(factor, (int, float)) or isinstance(factor, bool) or not 0 < factor <= LARGEST:
        raise Unfit("the factor of its features is no usable number")
    return float(factor)


def hidden_widths(tensors: Mapping[str, Tensor]) -> tuple[int, int]:
    """Units of the hidden layers of a model's heads.

    Raises:
        Unfit: it has no such layers.
    """
    first, second = (tuple(tensors[name].shape) if name in tensors else () for name in WIDTHS)
    if len(first) != 3 or len(second) != 3 or not first[2] or not second[2]:
        raise Unfit("it has no heads")
    return first[2], second[2]


def check_weights(tensors: Mapping[str, Tensor], modules: Mapping[str, nn.Module]) -> None:
    """See that there are weights for these modules, and no others.

    Args:
        modules: by the first part of their weights' names; they may be on the meta device.

    Raises:
        Unfit: some are missing, of another shape or kind, or no numbers.
    """
    expected = {f"{name}.{key}": one for name, module in modules.items() for key, one in module.state_dict().items()}
    found = {name for name in tensors if name.partition(".")[0] in modules}
    if odd := sorted(found ^ set(expected)):
        raise Unfit(f"its weights are not those of its classes and encoder, such as {odd[0][:80]}")
    for name, one in expected.items():
        check_numbers(name, tensors[name], one.shape)


def check_texts(tensors: Mapping[str, Tensor], texts: int, classes: int, width: int) -> None:
    """See that there are features [N, V·d] and classes [N] of the training texts, and features of open ones [M, V·d].

    Args:
        texts: N. classes: C, of each of which there must be a text. width: V·d.

    Raises:
        Unfit: there are not.
    """
    check_numbers("train_features", tensors["train_features"], (texts, width))
    if "outside_features" in tensors:
        check_numbers("outside_features", tensors["outside_features"], (None, width))
    targets = tensors["train_targets"]
    check_indices("train_targets", targets, (texts,), range(classes))
    if int(targets.bincount(minlength=classes).min()) == 0:
        raise Unfit("some of its classes have no training text")


def check_calibration(tensors: Mapping[str, Tensor], texts: int, classes: int, views: int) -> None:
    """See that what is held of the line is of so many training texts, classes and views. Early models have nothing.

    Raises:
        Unfit: it is not.
    """
    found = {name.partition(".")[2]: one for name, one in tensors.items() if name.startswith("calibration.")}
    if not found:
        return
    held_out = len(found["scores"]) if found["scores"].dim() else 0
    shapes: dict[str, tuple[int | None]] = {
        "weights": (views,), "middles": (views,), "scores": (held_out,), "left_out": (None,), "outside": (None,),
        "lines": (2,), "temperature": (1,),
    }  # fmt: skip
    for name, shape in shapes.items():
        if name in found or name not in ("outside", "temperature"):  # these came later
            check_numbers(f"calibration.{name}", found[name], shape)
    if "temperature" in found and float(found["temperature"]) <= 0:
        raise Unfit("its temperature is not above zero")
    for name, within in {"targets": range(classes), "answers": range(classes), "rows": range(-1, texts)}.items():
        check_indices(f"calibration.{name}", found[name], (held_out,), within)


def check_numbers(name: str, found: Tensor, shape: Iterable[int | None]) -> None:
    """See that a tensor has this shape, None standing for any length, and usable numbers.

    Raises:
        Unfit: it has not.
    """
    _check_shape(name, found, shape)
    if found.dtype not in (torch.float32, torch.float64):
        raise Unfit(f"its {name} are {str(found.dtype).removeprefix('torch.')}, not float32")
    if found.numel() and not float(found.abs().max()) <= LARGEST:  # also false of what is no number
        raise Unfit(f"its {name} hold values that are no usable numbers")


def check_indices(name: str, found: Tensor, shape: Iterable[int | None], within: range) -> None:
    """See that a tensor has this shape and whole numbers of a range.

    Raises:
        Unfit: it has not.
    """
    _check_shape(name, found, shape)
    fits = found.dtype == torch.int64
    if not fits or (found.numel() and not within[0] <= int(found.min()) <= int(found.max()) <= within[-1]):
        raise Unfit(f"its {name} are not whole numbers from {within[0]} to {within[-1]}")


def _check_shape(name: str, found: Tensor, shape: Iterable[int | None]) -> None:
    expected = tuple(shape)
    fits = len(found.shape) == len(expected) and all(b in (None, a) for a, b in zip(found.shape, expected, strict=True))
    if not fits:
        told = " × ".join("any" if length is None else str(length) for length in expected)
        raise Unfit(f"its {name} have the shape {' × '.join(map(str, found.shape))}, not {told}")
