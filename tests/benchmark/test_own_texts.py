"""`benchmark few` and `benchmark traffic`: what is drawn and recorded, and that the records hold the promises."""

import json
from collections import Counter
from pathlib import Path
from statistics import fmean

import pytest
import torch

from ans.__main__ import main
from ans.baselines.rule import Answers
from ans.benchmark.own_texts import OURS, measured
from ans.benchmark.results import RESULTS_FOLDER
from ans.benchmark.simple_rules import simple_rules
from ans.config import TrainConfig
from ans.conventions import OPEN
from ans.data.corpora import few_of_each, load_corpus, make_open_world_split

SAID = {"fly": "book a flight to", "card": "I lost my card in", "song": "play some music by"}


@pytest.fixture
def traffic(tmp_path: Path) -> Path:
    """A chatbot's folder: train and test, no dev; two texts of the test are of no class, one class has one text."""
    folder = tmp_path / "shop"
    folder.mkdir()
    rows = [f"{said} place {i}\t{label}" for label, said in SAID.items() for i in range(6)] + ["turn it off\tlamp"]
    (folder / "train.tsv").write_text("\n".join(["text\tlabel", *rows]), encoding="utf-8")
    rows = [f"{said} town {i}\t{label}" for label, said in SAID.items() for i in range(3)]
    (folder / "test.tsv").write_text(
        "\n".join(["text\tlabel", *rows, "do fish sleep\toos", "hm\toos"]), encoding="utf-8"
    )
    return folder


def test_few_texts_are_drawn_of_each_class_and_the_smaller_draw_is_part_of_the_larger():
    labels = ["b"] * 7 + ["a"] * 3 + ["b"] * 5
    two, five = few_of_each(labels, 2, seed=4), few_of_each(labels, 5, seed=4)
    assert Counter(labels[i] for i in two) == {"a": 2, "b": 2}
    assert Counter(labels[i] for i in five) == {"a": 3, "b": 5}
    assert set(two) <= set(five)
    assert two != few_of_each(labels, 2, seed=5)


def test_texts_per_class_cuts_training_keeps_the_test_and_leaves_no_dev():
    corpus = load_corpus("assistant")
    whole, few = (
        make_open_world_split(corpus, TrainConfig(known_ratio=0.25, texts_per_class=count)) for count in (None, 3)
    )
    assert set(Counter(few.train.labels).values()) == {3}
    assert (few.known, few.test, len(few.dev)) == (whole.known, whole.test, 0)
    assert set(few.train.texts) <= set(whole.train.texts)


def test_every_rule_tells_two_far_classes_apart_and_scores_a_known_text_above_a_strange_one():
    generator = torch.Generator().manual_seed(0)
    centres = 5 * torch.eye(8)
    train = centres[:2].repeat_interleave(10, 0) + 0.2 * torch.randn(20, 8, generator=generator)
    test = torch.cat([centres[:2], centres[7:]])
    for name, judged in simple_rules(train, torch.arange(2).repeat_interleave(10), test).items():
        assert judged.classes[:2].tolist() == [0, 1], name
        assert judged.scores[:2].min() > judged.scores[2], name


def test_rules_take_one_text_a_class():
    for name, judged in simple_rules(torch.eye(4), torch.arange(4), torch.eye(4)).items():
        assert judged.classes.tolist() == [0, 1, 2, 3], name


def test_the_numbers_of_a_chatbots_owner_count_what_their_names_say():
    truth = torch.tensor([0, 0, 1, 1, OPEN, OPEN, OPEN, OPEN])
    answers = torch.tensor([0, 1, 1, OPEN, OPEN, OPEN, OPEN, 0])
    found = measured(Answers(answers, torch.zeros(8), answers.clamp(min=0)), truth, ["a", "b"])
    assert (found["in_scope"], found["oos_recall"], found["known_refused"]) == (50.0, 75.0, 25.0)
    assert found["accuracy"] == 62.5


def test_traffic_records_each_method_once_under_the_folders_name_and_goes_on_where_it_stopped(
    traffic, tmp_path, tiny_encoder_folder, capsys
):
    out = tmp_path / "traffic.json"
    command = ["benchmark", "traffic", str(traffic), "--seeds", "0", "--encoder", str(tiny_encoder_folder)]
    assert main([*command, "--out", str(out)]) == 0
    first = capsys.readouterr().out
    runs = json.loads(out.read_text())["runs"]
    assert Counter(run["method"] for run in runs).most_common(1)[0][1] == 1
    assert {run["config"]["dataset"] for run in runs} == {"shop"}
    assert str(tmp_path) not in out.read_text().replace(str(tiny_encoder_folder), "")
    assert main([*command, "--out", str(out)]) == 0
    assert capsys.readouterr().out == first
    assert json.loads(out.read_text())["runs"] == runs
    assert "| shop | accuracy | in-scope accuracy |" in first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["traffic"], "error: benchmark traffic needs folders, each with train and test: benchmark traffic DIR."),
        (["traffic", "nowhere"], "error: expected a folder with train and test at nowhere, found none."),
        (["table1", "shop"], "error: benchmark table1 takes no folders, got 'shop'; use --datasets."),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(arguments, sentence, capsys):
    assert main(["benchmark", *arguments]) == 2
    assert capsys.readouterr().err.strip() == sentence


# What stands in the README


def of(name: str) -> list[dict]:
    return json.loads((RESULTS_FOLDER / f"{name}.json").read_text(encoding="utf-8"))["runs"]


@pytest.mark.parametrize("texts", [1, 2, 5, 10, 20, 50])
def test_with_few_texts_the_line_is_near_its_best_and_ahead_of_every_simple_rule(texts):
    methods: dict[str, list[dict]] = {}
    for run in of("few"):
        if run["config"]["texts_per_class"] == texts:
            methods.setdefault(run["method"], []).append(run["metrics"])
    settings = 9 * (3 if texts <= 2 else 5)
    assert {len(found) for found in methods.values()} == {settings}
    f1 = {method: fmean(one["f1"] for one in found) for method, found in methods.items()}
    assert f1.pop(OURS) > max(f1.values())
    ours = methods[OURS]
    assert fmean(one["best_threshold_f1"] - one["f1"] for one in ours) <= 3


def test_on_a_chatbots_traffic_it_is_ahead_of_every_published_platform():
    ours = [
        run["metrics"] for run in of("traffic") if (run["method"], run["config"]["dataset"]) == (OURS, "sofmattress")
    ]
    assert len(ours) == 5
    assert fmean(one["mcc"] for one in ours) > 66
    assert fmean(one["in_scope"] for one in ours) > 66
    assert fmean(one["oos_recall"] for one in ours) > 75
