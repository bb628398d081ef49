"""Tiny random models of the families of the transformers library; each trains in no time and knows nothing."""

from __future__ import annotations

import torch

WORDS = {"vocab_size": 30522, "pad_token_id": 0}  # of MiniLM's tokenizer, which goes with them
SIZES = {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "intermediate_size": 64}
RELATIVE = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"]}
FAMILIES = {
    "Bert": SIZES,
    "Roberta": {**SIZES, **WORDS, "max_position_embeddings": 66},
    "XLMRoberta": {**SIZES, **WORDS},
    "MPNet": {**SIZES, **WORDS},
    "ModernBert": {
        **SIZES,
        **WORDS,
        "bos_token_id": 101,
        "eos_token_id": 102,
        "cls_token_id": 101,
        "sep_token_id": 102,
    },
    "DistilBert": {"dim": 32, "n_layers": 3, "n_heads": 2, "hidden_dim": 64},
    "Deberta": {**SIZES, **WORDS, **RELATIVE},
    "DebertaV2": {**SIZES, **WORDS, **RELATIVE, "norm_rel_ebd": "layer_norm", "position_buckets": 8},
    "NomicBert": {**SIZES, **WORDS},
    "Xmod": {**SIZES, **WORDS, "languages": ["en_XX", "de_DE"], "default_language": "de_DE"},
    "Electra": {**SIZES, "embedding_size": 16},
    "EuroBert": {**SIZES, **WORDS},
    "JinaEmbeddingsV3": {**SIZES, **WORDS},
    "LayoutLM": SIZES,
    "RemBert": {**SIZES, **WORDS, "input_embedding_size": 16, "output_embedding_size": 16},
    "Albert": {**SIZES, **WORDS, "embedding_size": 16},
    "FNet": {**SIZES, **WORDS},
    "GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 2},
    "Qwen3": {**SIZES, **WORDS, "num_key_value_heads": 2, "head_dim": 16},
    "T5": {**WORDS, "d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2},
}


def tiny_model(kind: str, seed: int = 0, **changes):
    """A model of a family, in evaluation mode. `changes`: of its configuration."""
    import transformers

    torch.manual_seed(seed)
    config = getattr(transformers, f"{kind}Config")(**{**FAMILIES[kind], **changes})
    return getattr(transformers, f"{kind}Model")(config).eval()
