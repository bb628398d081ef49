"""Corpora and their open-world split: the field's draw, what training may see, and every refusal."""

import threading
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ans.config import TrainConfig
from ans.conventions import OPEN, OPEN_LABELS, some_names
from ans.data.corpora import (
    BUNDLED,
    PUBLIC,
    Corpus,
    divided,
    few_of_each,
    load_corpus,
    make_open_world_split,
    targets,
)  # fmt: skip
from ans.data.tables import LabelledTexts

LETTERS = "abcdefghij"
# The public benchmarks as their authors describe them: classes, train, dev and test texts, open test texts.
PUBLIC_COUNTS = {
    "banking": (77, 9003, 1000, 3080, 0),
    "clinc": (150, 15000, 3000, 5700, 1200),
    "stackoverflow": (20, 12000, 2000, 6000, 0),
}


def refusal(function, *arguments) -> str:
    """The sentence with which a function refuses its arguments."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  the caller compares the whole sentence
        function(*arguments)
    return str(caught.value)


@cache
def loaded(name: str, folder: Path) -> Corpus:
    """A corpus by name, read once for all tests."""
    return load_corpus(name, str(folder))


@pytest.fixture(params=[BUNDLED, *PUBLIC])
def real_corpus(request) -> Corpus:
    """The bundled dataset, and each public benchmark that is on this machine."""
    return loaded(request.param, Path() if request.param == BUNDLED else request.getfixturevalue("data_dir"))


def part(name: str, count: int, labels: str = LETTERS) -> LabelledTexts:
    """`count` texts of each label, which tell their part, label and number."""
    rows = [(f"{name} {label} {i}", label) for i in range(count) for label in labels]
    return LabelledTexts([text for text, _ in rows], [label for _, label in rows])


@pytest.fixture
def corpus() -> Corpus:
    """Ten classes; the test part has two open texts beside."""
    test = part("test", 3)
    return Corpus(
        "letters",
        part("train", 6),
        part("dev", 2),
        LabelledTexts([*test.texts, "?", "!"], [*test.labels, "oos", "open"]),
    )


@pytest.fixture
def published_at(tmp_path, monkeypatch) -> Iterator[Path]:
    """A folder served on this machine in the place of the benchmarks' address, with a download cache of its own."""
    import datasets

    folder = tmp_path / "published"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{{folder}}/{{split}}.tsv"
    monkeypatch.setattr("ans.data.corpora.PUBLIC_ADDRESS", address)
    for name in ("HF_DATASETS_CACHE", "DOWNLOADED_DATASETS_PATH"):
        monkeypatch.setattr(datasets.config, name, tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    monkeypatch.delenv("ANS_DATA_DIR", raising=False)
    yield folder
    server.shutdown()
    server.server_close()


class _Silent(SimpleHTTPRequestHandler):
    """Serves files and logs nothing."""

    def log_message(self, *_: object) -> None:
        pass


def write(path: Path, data: LabelledTexts) -> Path:
    """A TSV file of these rows."""
    rows = zip(["text", *data.texts], ["label", *data.labels], strict=True)
    path.write_text("".join(f"{text}\t{label}\n" for text, label in rows), encoding="utf-8")
    return path


# The draw


@pytest.mark.parametrize("ratio", [0.25, 0.5, 0.75, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_known_classes_are_the_fields_draw(real_corpus, ratio, seed):
    labels = sorted(set(real_corpus.train.labels) - {"oos"})
    expected = np.random.RandomState(seed).choice(labels, round(len(labels) * ratio), replace=False)
    split = make_open_world_split(real_corpus, TrainConfig(known_ratio=ratio, seed=seed))
    assert split.known == sorted(expected.tolist())
    assert split.held_out == sorted(set(labels) - set(split.known))


def test_half_a_class_is_rounded_as_python_rounds(corpus):
    assert len(make_open_world_split(corpus, TrainConfig(known_ratio=0.25)).known) == round(2.5) == 2
    assert len(make_open_world_split(corpus, TrainConfig(known_ratio=0.35)).known) == round(3.5) == 4


def test_another_seed_draws_other_classes(corpus):
    draws = {tuple(make_open_world_split(corpus, TrainConfig(known_ratio=0.5, seed=i)).known) for i in range(10)}
    assert len(draws) > 5


def test_named_classes_are_known_instead_of_a_draw(corpus):
    split = make_open_world_split(corpus, TrainConfig(known_classes=("j", "b"), known_ratio=0.75))
    assert split.known == ["b", "j"]
    assert split.held_out == list("acdefghi")


def test_open_labels_are_never_known(corpus):
    assert corpus.classes == list(LETTERS)
    with_open = Corpus("o", LabelledTexts(list("xyz"), ["oos", "a", "unknown"]), corpus.dev, corpus.test)
    assert with_open.classes == ["a"]


# What training may see


@pytest.mark.parametrize("seed", range(5))
def test_no_text_of_an_open_class_reaches_training_or_dev(real_corpus, seed):
    split = make_open_world_split(real_corpus, TrainConfig(known_ratio=0.5, seed=seed))
    for seen, whole in ((split.train, real_corpus.train), (split.dev, real_corpus.dev)):
        assert set(seen.labels) == set(split.known)
        assert not set(seen.labels) & (set(split.held_out) | OPEN_LABELS)
        pairs = zip(whole.texts, whole.labels, strict=True)
        assert list(zip(seen.texts, seen.labels, strict=True)) == [pair for pair in pairs if pair[1] in split.known]


def test_the_test_part_keeps_every_text_and_the_rest_is_open(corpus):
    split = make_open_world_split(corpus, TrainConfig(known_classes=("a", "c")))
    assert split.test == corpus.test
    assert split.test_targets == [{"a": 0, "c": 1}.get(label, OPEN) for label in corpus.test.labels]
    assert Counter(split.test_targets) == {0: 3, 1: 3, OPEN: 8 * 3 + 2}


def test_targets_index_the_given_order():
    assert targets(["b", "a", "z", "b"], ["b", "a"]) == [0, 1, OPEN, 0]


def test_the_public_benchmarks_share_hardly_a_text_between_training_and_test(data_dir):
    """A few of their texts are in two parts, as published; the share stays below one in a hundred."""
    for name in PUBLIC:
        corpus = loaded(name, data_dir)
        assert len(set(corpus.test.texts) & set(corpus.train.texts)) < len(corpus.test) / 100


# Loading


@pytest.mark.parametrize("name", PUBLIC_COUNTS)
def test_the_public_benchmarks_have_their_published_counts(name, data_dir, monkeypatch):
    corpus = loaded(name, data_dir)
    open_texts = sum(label in OPEN_LABELS for label in corpus.test.labels)
    parts = (len(corpus.train), len(corpus.dev), len(corpus.test))
    assert (len(corpus.classes), *parts, open_texts) == PUBLIC_COUNTS[name]
    assert set(corpus.test.labels) - OPEN_LABELS == set(corpus.dev.labels) == set(corpus.classes)
    monkeypatch.setenv("ANS_DATA_DIR", str(data_dir))
    assert load_corpus(name) == corpus


def test_a_benchmark_is_found_under_its_name_in_the_public_layout_too(tmp_path, corpus):
    folder = tmp_path / "oos"
    folder.mkdir()
    for name in ("train", "dev", "test"):
        write(folder / f"{name}.tsv", getattr(corpus, name))
    assert load_corpus("clinc", str(tmp_path)) == Corpus("clinc", corpus.train, corpus.dev, corpus.test)


def one_open_name(data: LabelledTexts) -> LabelledTexts:
    """Of own data, all labels of no class become one."""
    return LabelledTexts(data.texts, ["oos" if label == "open" else label for label in data.labels])


def test_a_folder_is_read_whatever_its_parts_are_called(tmp_path, corpus):
    for name, stem in (("train", "training"), ("dev", "validation"), ("test", "test")):
        write(tmp_path / f"{stem}.tsv", getattr(corpus, name))
    loaded = load_corpus(str(tmp_path))
    assert (loaded.train, loaded.dev, loaded.test) == (corpus.train, corpus.dev, one_open_name(corpus.test))
    assert loaded.name == tmp_path.name


def test_one_file_is_split_within_each_class_and_its_open_texts_go_to_the_test(tmp_path):
    rows = part("file", 20)
    path = write(tmp_path / "mine.tsv", LabelledTexts([*rows.texts, "?", "!"], [*rows.labels, "oos", "oos"]))
    loaded = load_corpus(str(path))
    assert loaded.name == "mine"
    for data, count in ((loaded.train, 16), (loaded.dev, 0), (loaded.test, 4)):
        assert {label: n for label, n in Counter(data.labels).items() if label != "oos"} == dict.fromkeys(
            LETTERS if count else (), count
        )
    assert [text for text, label in zip(loaded.test.texts, loaded.test.labels, strict=True) if label == "oos"] == [
        "?",
        "!",
    ]
    assert not OPEN_LABELS & {*loaded.train.labels, *loaded.dev.labels}


def test_one_file_is_split_alike_for_one_seed_and_otherwise_for_another(tmp_path):
    path = str(write(tmp_path / "mine.tsv", part("file", 20)))
    assert load_corpus(path, seed=1) == load_corpus(path, seed=1)
    assert load_corpus(path, seed=1) != load_corpus(path, seed=2)


def of_sizes(**sizes: int) -> LabelledTexts:
    rows = [(f"{label} {i}", label) for label, n in sizes.items() for i in range(n)]
    return LabelledTexts([text for text, _ in rows], [label for _, label in rows])


def test_parts_hold_every_row_once_with_its_label_and_the_fewer_the_texts_the_more_of_them_train():
    data = of_sizes(alone=1, pair=2, few=3, some=20, more=40, many=100, most=400)
    parts = divided(data, seed=0)
    assert sorted(text for one in parts for text in one.texts) == sorted(data.texts)
    assert all(text.startswith(label) for one in parts for text, label in zip(one.texts, one.labels, strict=True))
    train, dev, test = (Counter(one.labels) for one in parts)
    assert train == {"alone": 1, "pair": 2, "few": 2, "some": 16, "more": 31, "many": 70, "most": 280}
    assert dev == {"more": 1, "many": 10, "most": 40}
    assert test == {"few": 1, "some": 4, "more": 8, "many": 20, "most": 80}


def test_where_no_class_has_three_texts_one_of_two_tests_and_of_one_each_none_is_left(tmp_path):
    _, dev, test = divided(of_sizes(alone=1, pair=2, other=2), seed=0)
    assert (len(dev), sorted(test.labels)) == (0, ["other", "pair"])
    path = write(tmp_path / "mine.tsv", of_sizes(a=1, b=1))
    assert "none is left to test with; add a second one" in refusal(load_corpus, str(path))


def with_open_texts(tmp_path, ours: TrainConfig):
    path = write(tmp_path / "mine.tsv", of_sizes(a=9, b=9, oos=10))
    corpus = load_corpus(str(path))
    return corpus, make_open_world_split(corpus, ours)


def test_texts_of_no_class_only_test_unless_training_may_learn_from_most_of_them(tmp_path):
    corpus, plain = with_open_texts(tmp_path, TrainConfig(known_ratio=1.0))
    assert (len(plain.open_train), plain.test) == (0, corpus.test)
    _, taught = with_open_texts(tmp_path, TrainConfig(known_ratio=1.0, open_texts="train"))
    assert taught.open_train.labels == ["oos"] * 8
    assert sorted(taught.open_train.texts + taught.test.texts) == sorted(plain.test.texts)
    assert taught.train == plain.train


@pytest.mark.parametrize(("there", "taught"), [(2, 1), (5, 4)])
def test_one_text_of_no_class_at_least_is_left_to_test_with(tmp_path, there, taught):
    path = write(tmp_path / "mine.tsv", of_sizes(a=1, b=1, oos=there))
    split = make_open_world_split(load_corpus(str(path)), TrainConfig(known_ratio=1.0, open_texts="train"))
    assert (len(split.open_train), split.test.labels) == (taught, ["oos"])
    path = write(tmp_path / "one.tsv", of_sizes(a=1, b=1, oos=1))
    assert "or one alone, which tests" in refusal(
        make_open_world_split, load_corpus(str(path)), TrainConfig(known_ratio=1.0, open_texts="train")
    )


def test_labels_spelt_like_no_class_are_of_none_in_own_files_as_in_uploads(tmp_path):
    rows = of_sizes(a=5, b=5, OOS=3)
    path = write(tmp_path / "mine.tsv", LabelledTexts([*rows.texts, "x"], [*rows.labels, "None"]))
    assert load_corpus(str(path)).classes == ["a", "b"]


def test_of_a_folder_only_the_open_texts_of_train_teach_and_without_any_that_is_said(tmp_path):
    asked = TrainConfig(known_ratio=1.0, open_texts="train")
    known = LabelledTexts(["a 1", "b 1", "odd"], ["a", "b", "oos"])
    corpus = Corpus("mine", known, LabelledTexts([], []), LabelledTexts(["a 2", "other"], ["a", "oos"]))
    split = make_open_world_split(corpus, asked)
    assert (split.open_train.texts, split.test) == (["odd"], corpus.test)
    assert split.train.texts == ["a 1", "b 1"]
    without = Corpus("mine", known.only([0, 1]), LabelledTexts([], []), corpus.test)
    assert refusal(make_open_world_split, without, asked).startswith("mine has no text to train on that is labelled")


def test_a_downloaded_benchmark_is_read_as_the_same_files_in_a_folder_are(published_at):
    folder = published_at / "oos"
    folder.mkdir(parents=True)
    for name in ("train", "dev", "test"):
        content = 'text\tlabel\n"two\nlines, ""quoted"""\ta\nnull\tNA\nb\t7\n'
        (folder / f"{name}.tsv").write_text(content, encoding="utf-8")
    expected = LabelledTexts(['two lines, "quoted"', "null", "b"], ["a", "NA", "7"])
    assert load_corpus("clinc") == Corpus("clinc", expected, expected, expected)
    assert load_corpus(str(folder)).train == expected


# Refusals


def test_an_unknown_dataset_is_refused_with_the_known_ones():
    assert refusal(load_corpus, "clinc151") == (
        "unknown dataset 'clinc151': expected assistant, clinc, banking, stackoverflow, or the path of a folder with "
        "train, dev and test files, or of one file, for example CSV, JSONL or XLSX."
    )


def test_a_folder_of_benchmarks_that_is_not_there_is_refused(tmp_path):
    assert refusal(load_corpus, "clinc", str(tmp_path / "gone")) == (
        f"expected the folder of the public benchmarks at {tmp_path}/gone, found none."
    )


def test_a_folder_that_lacks_a_part_is_refused(tmp_path, corpus):
    write(tmp_path / "train.tsv", corpus.train)
    assert refusal(load_corpus, str(tmp_path)) == (
        f"the folder {tmp_path} has no test file; expected train and test, and dev if there is one, "
        "for example test.tsv."
    )


def test_a_folder_needs_no_dev_part(tmp_path, corpus):
    write(tmp_path / "train.tsv", corpus.train)
    write(tmp_path / "test.tsv", corpus.test)
    loaded = load_corpus(str(tmp_path))
    assert (loaded.train, loaded.test) == (corpus.train, one_open_name(corpus.test))
    assert len(loaded.dev) == len(make_open_world_split(loaded, TrainConfig()).dev) == 0


def test_one_class_only_is_refused(tmp_path):
    path = write(tmp_path / "mine.tsv", part("file", 9, "a"))
    assert refusal(load_corpus, str(path)) == "mine needs at least two classes to tell apart, got a."


def test_open_texts_alone_are_refused(tmp_path):
    path = write(tmp_path / "mine.tsv", LabelledTexts(["a", "b"], ["oos", "oos"]))
    assert refusal(load_corpus, str(path)) == "mine needs at least two classes to tell apart, got none."


def test_a_dev_part_may_lack_a_class(tmp_path, corpus):
    write(tmp_path / "train.tsv", corpus.train)
    write(tmp_path / "dev.tsv", corpus.dev.only([0, 1, 2]))
    write(tmp_path / "test.tsv", corpus.test)
    assert len(load_corpus(str(tmp_path)).dev) == 3


def test_known_classes_that_the_corpus_lacks_are_refused_with_those_it_has(corpus):
    assert refusal(make_open_world_split, corpus, TrainConfig(known_classes=("a", "z", "oos"))) == (
        "known_classes “oos”, “z” are no classes of letters; it has a, b, c, d, e, f, g, h, i, j."
    )


def test_a_ratio_that_leaves_one_known_class_is_refused(corpus):
    assert refusal(make_open_world_split, corpus, TrainConfig(known_ratio=0.1)) == (
        "at least two known classes are needed, got 1: letters has 10 and known_ratio is 0.1; choose a larger ratio."
    )


def test_a_benchmark_that_can_neither_be_found_nor_downloaded_is_refused_with_the_way_out(tmp_path, published_at):
    sentence = refusal(load_corpus, "banking", str(tmp_path))
    assert sentence.startswith("dataset 'banking' could not be downloaded from http://127.0.0.1:")
    assert sentence.endswith(
        "/banking/train.tsv (it can't be reached). Connect to the network, or name the folder that holds "
        "banking/train.tsv, dev.tsv and test.tsv with --data-dir or ANS_DATA_DIR."
    )


def test_a_refusal_of_many_names_stays_a_sentence():
    names = tuple(f"stranger {i} {'x' * 500}" for i in range(3000))
    with pytest.raises(ValueError, match="are no classes of assistant; it has ") as told:
        make_open_world_split(load_corpus("assistant"), TrainConfig(known_classes=names))
    assert len(str(told.value)) < 4000
    assert some_names([f"class {i}" for i in range(25)]).endswith("class 19 and 5 more")
    assert some_names(["one"]) == "one"


def drawn_one_by_one(labels: list[str], count: int, seed: int) -> list[int]:
    """`few_of_each`, class by class over an array of all labels."""
    rng, names = np.random.RandomState(seed), np.array(labels)
    rows = [rng.permutation(np.flatnonzero(names == label))[:count].tolist() for label in sorted(set(labels))]
    return sorted(row for own in rows for row in own)


@pytest.mark.parametrize("seed", [0, 7])
def test_texts_are_drawn_class_by_class_in_the_order_of_names(seed):
    labels = [f"class {i}" for i in np.random.RandomState(1).randint(0, 12, 200)]
    assert few_of_each(labels, 3, seed) == drawn_one_by_one(labels, 3, seed)


def test_known_classes_are_the_fields_draw(corpus):
    for seed in range(5):
        draw = np.random.RandomState(seed).choice(np.array(corpus.classes), 5, replace=False)
        assert make_open_world_split(corpus, TrainConfig(known_ratio=0.5, seed=seed)).known == sorted(draw.tolist())


def test_one_very_long_label_and_a_label_for_each_row_cost_little():
    labels = [f"label {i}" for i in range(30_000)]
    labels[5] = "x" * 65_000
    tracemalloc.start()
    parts = divided(LabelledTexts([f"text {i}" for i in range(30_000)], labels), 0)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(map(len, parts)) == 30_000
    assert most < 100 << 20
