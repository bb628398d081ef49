"""YAML that is no training data of Rasa: records, pairs and classes with their texts, in the shapes that JSON has."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from ans.data.formats.json_table import table_of
from ans.data.formats.json_values import Values
from ans.data.formats.rasa import checked_yaml
from ans.data.rows import Account, Table


def read_yaml(content: str, encoding: str) -> Table:
    """A table from the text of a YAML file.

    Raises:
        ValueError: it is no valid YAML, or holds no records; the sentence follows a file's name.
    """
    import yaml

    with checked_yaml(content):
        documents: list[Any] = [_named(one) for one in yaml.load_all(content, _as_written()) if one is not None]
    single = len(documents) == 1 and not isinstance(documents[0], list)
    values = documents[0] if len(documents) == 1 and not single else documents
    return table_of(Values(values, list(range(1, len(values) + 1)), "YAML", Account(), single=single), encoding)


@cache
def _as_written() -> Any:
    """A loader that takes each value as it is written: else `yes` and `on` are truth values, `12:30` is a number. What
    is nothing stays that."""
    import yaml

    class AsWritten(yaml.CSafeLoader):
        yaml_implicit_resolvers: ClassVar = {
            first: [(tag, sign) for tag, sign in signs if tag.endswith(":null")]
            for first, signs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    return AsWritten


def _named(value: Any) -> Any:
    """The same with a text for each key."""
    if isinstance(value, dict):
        return {"null" if key is None else str(key): _named(part) for key, part in value.items()}
    return [_named(part) for part in value] if isinstance(value, list) else value
