"""From an encoder's name to its model, its tokenizer and how it is pooled; what is of no use here is refused."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from huggingface_hub.utils import logging as hub_logging
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedConfig
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_MASKED_LM_MAPPING_NAMES,
)
from transformers.utils import logging as transformers_logging

from ans.conventions import some_names
from ans.durable import is_passing, one_sentence
from ans.model.embedded import EMBEDDED, embedded_folder
from ans.model.encoder_folder import check_counts, check_files, check_numbers, no_larger_than, size_of_weights
from ans.model.pooling import Pooling, own_pooling, read_described
from ans.paths import existing_folder

MISMATCH = "Its weights have other sizes than its config.json says."  # the library tells of an argument of its own


@dataclass(frozen=True)
class Loaded:
    """A model of the transformers library, its tokenizer, and the pooling that its folder asks for."""

    model: Any
    tokenizer: Any
    pooling: Pooling


def load_model(name: str) -> Loaded:
    """Load `minilm`, `mpnet`, a hub name (downloaded once) or a local folder.

    Raises:
        ValueError: no such encoder, one that reads in one direction alone, or damaged files.
        OSError, MemoryError, RuntimeError: the machine is short of something, see `durable.is_passing`.
    """
    # The library's report of weights that were left out (the pooler) and its bar would land among our progress.
    transformers_logging.set_verbosity_error()
    hub_logging.set_verbosity_error()  # with no network, a line for each of its retries
    transformers_logging.disable_progress_bar()
    source = embedded_folder(name) if name in EMBEDDED else whole_name(name)
    try:
        model, tokenizer, pooling = _read(source, name)
    except _Refused:
        raise
    except UnpicklingError as error:  # the library's own message tells how to run what is in the file
        raise ValueError(
            f"encoder {name!r} could not be loaded: its weights are a pickle that holds more than tensors, which is "
            f"never opened here; expected them as safetensors."
        ) from error
    except Exception as error:  # whatever libraries raise of files that nobody vouches for
        if is_passing(error):
            raise
        raise ValueError(
            f"encoder {name!r} could not be loaded: expected minilm, mpnet, bert-base-uncased, another encoder's name "
            f"on the Hugging Face hub (with a network, or downloaded before) or a local model folder. "
            f"{MISMATCH if 'ignore_mismatched_sizes' in str(error) else one_sentence(error)}"
        ) from error
    if hasattr(model, "pooler"):
        model.pooler = nn.Identity()  # never used; some models call theirs without asking whether they have one
    return Loaded(model.eval(), tokenizer, pooling)


def whole_name(name: str) -> str:
    """An encoder's name, of a local folder its whole path, by which it is found from anywhere on this machine."""
    if name in EMBEDDED or (folder := existing_folder(name)) is None:
        return name
    return os.path.abspath(folder)


def _read(source: str | Path, name: str) -> tuple[Any, Any, Pooling]:
    """Model, tokenizer and pooling of a folder or a hub name."""
    pooling, subfolder = own_pooling(source)
    place = Path(source) / subfolder
    if place.is_dir():
        check_files(place)
    check_counts(read_described(source, f"{subfolder}/config.json" if subfolder else "config.json") or {})
    where = {"subfolder": subfolder, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(source, **where)
    if refusal := _reads_one_way(config):
        raise _Refused(f"encoder {name!r} {refusal}; try minilm, mpnet or bert-base-uncased.")
    config.return_dict, config.output_hidden_states, config.output_attentions = True, False, False
    config._attn_implementation = None  # a folder may name one on the hub, which is code
    with no_larger_than(size_of_weights(place) if place.is_dir() else None):
        model, report = AutoModel.from_pretrained(
            source, config=config, dtype=torch.float32, output_loading_info=True, **where, **_no_pooler(config)
        )
    # The library fills what is missing with random numbers and only logs it; the pooler alone is never used.
    if missing := sorted(name for name in report["missing_keys"] if not name.startswith("pooler.")):
        raise ValueError(f"Its weights lack {some_names(missing, 3)}.")
    if name not in EMBEDDED:  # those have a checksum
        check_numbers({**dict(model.named_parameters()), **pooling.state_dict()})
    tokenizer = AutoTokenizer.from_pretrained(source, **where)
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise ValueError("Its tokenizer has no vocabulary.")
    return model, tokenizer, pooling


class _Refused(ValueError):
    """An encoder that can be loaded, and is of no use here."""


def _reads_one_way(config: PreTrainedConfig) -> str | None:
    """Why a model's states do not know the whole text; None if they do. Told before any weights are downloaded."""
    kind = config.model_type
    if config.is_encoder_decoder:
        return f"is an encoder with a decoder ({kind}), and only encoders are read here"
    writes = kind in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES and kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES
    both_ways = getattr(config, "use_bidirectional_attention", None) is True
    if (writes and not both_ways) or getattr(config, "is_decoder", False):
        return f"is a decoder ({kind}), which reads each word without those after it"
    return None


def _no_pooler(config: PreTrainedConfig) -> dict:
    """BertModel's pooler is never used here; models that know no such argument keep their own defaults."""
    return {"add_pooling_layer": False} if config.model_type in ("bert", "roberta") else {}
