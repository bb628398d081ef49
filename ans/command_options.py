"""Options of the command line: a setting of a training as one, and how what is given for it is read."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import Field

from ans.config import DEVICES, LISTS

Arguments = argparse._ActionsContainer  # a parser, or a group of one's options


def add_device(parser: Arguments) -> None:
    """Where a command computes."""
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to compute (default: auto)")


def add_setting(group: Arguments, spec: Field, required: bool = False) -> None:
    """One field of TrainConfig as an option; its bounds are checked by TrainConfig, so every door says the same."""
    about, default = spec.metadata, "" if spec.default is None or required else f" (default: {spec.default})"
    if of_data := spec.name == "known_ratio":
        default = f" (default: {spec.default}; of your own data 1, all)"
    bounded = about["low"] is not None
    names = [spec.name, *filter(None, [about["formerly"]])]
    group.add_argument(
        *(f"--{name.replace('_', '-')}" for name in names),
        default=None if of_data else spec.default,
        required=required,
        choices=about["choices"],
        type=several_names if spec.name in LISTS else _number if bounded else str,
        metavar="A,B,…" if spec.name in LISTS else "N" if bounded else None,
        help=(about["explanation"] + default).replace("%", "%%"),
    )


def listed(kinds: Mapping[str, str]) -> str:
    """Kinds and what they are as the help of an option, in which argparse reads a lone % as the start of a name."""
    return "; ".join(f"{kind}: {what}" for kind, what in kinds.items()).replace("%", "%%")


def _number(value: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value


def whole_number(value: str) -> int:
    """A number of things, from 0 on.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number from 0, got {value!r}")
    return int(value)


def several_names(value: str) -> tuple[str, ...]:
    """Names between commas; one that holds a comma stands in double quotes."""
    return tuple(name.strip() for row in csv.reader([value], skipinitialspace=True) for name in row if name.strip())
