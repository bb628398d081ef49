"""The figures of the bundled datasheet: `python -m tests.tools.report_dataset [--seed 0] [--data-dir DIR]`.

Prints the statistics of the bundled dataset (beside CLINC150, if --data-dir holds it), how hard it is with all classes
known, and rejection by a softmax threshold (MSP) beside ANS at 25, 50 and 75 % known classes. Takes some minutes.
"""

from __future__ import annotations

import argparse
from statistics import mean, median

from ans.config import TrainConfig
from ans.conventions import OPEN, OPEN_LABELS
from ans.data.corpora import Corpus, load_corpus
from ans.data.tables import LabelledTexts
from ans.evaluation.metrics import Metrics, evaluate
from ans.workflows.experiment import Outcome, run_experiment

MSP_THRESHOLD = 0.5  # appendix A.7


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data-dir", help="folder that holds clinc/, to print its statistics beside ours")
    arguments = parser.parse_args()
    corpus = load_corpus("assistant")
    print_statistics(corpus)
    if arguments.data_dir:
        print_statistics(load_corpus("clinc", arguments.data_dir))
    print(f"TF-IDF + linear SVM, all classes known: {tfidf_accuracy(corpus):.1f} % test accuracy")
    for ratio in (1.0, 0.25, 0.5, 0.75):
        config = TrainConfig(known_ratio=ratio, seed=arguments.seed)
        outcome = run_experiment(config, lambda event: None, lambda: False)
        if ratio == 1.0:
            print(f"minilm, fine-tuned, all classes known: {closed_set_accuracy(outcome):.1f} % test accuracy")
        for name, metrics in (("MSP", softmax_threshold(outcome)), ("ANS", outcome.judged.metrics)):
            shown = ", ".join(f"{key} {value:.1f}" for key, value in metrics.headline().items() if value is not None)
            print(f"{ratio:.0%} known, {name}: {shown}", flush=True)


def print_statistics(corpus: Corpus) -> None:
    """Counts and lengths."""
    outside = sum(label in OPEN_LABELS for label in corpus.test.labels)
    texts = [*corpus.train.texts, *corpus.dev.texts, *corpus.test.texts]
    words = [len(text.split()) for text in texts]
    vocabulary = len({word for text in texts for word in text.lower().split()})
    print(
        f"{corpus.name}: {len(corpus.classes)} classes; {len(corpus.train)} train, {len(corpus.dev)} dev, "
        f"{len(corpus.test) - outside} test, {outside} out of scope; words a text: mean {mean(words):.1f}, median "
        f"{median(words):.0f}, most {max(words)}; {vocabulary} different words, {vocabulary / sum(words):.3f} of all"
    )


def _in_scope(data: LabelledTexts) -> LabelledTexts:
    return data.only([i for i, label in enumerate(data.labels) if label not in OPEN_LABELS])


def tfidf_accuracy(corpus: Corpus) -> float:
    """Closed-set test accuracy of unigrams and bigrams with a linear SVM, in percent."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    test = _in_scope(corpus.test)
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC())
    return 100 * model.fit(corpus.train.texts, corpus.train.labels).score(test.texts, test.labels)


def closed_set_accuracy(outcome: Outcome) -> float:
    """Share of the known test texts that the closed-set classifier names rightly, in percent."""
    probabilities = _softmax(outcome)
    known = [i for i, target in enumerate(outcome.split.test_targets) if target != OPEN]
    right = [int(probabilities[i].argmax()) == outcome.split.test_targets[i] for i in known]
    return 100 * mean(right)


def softmax_threshold(outcome: Outcome) -> Metrics:
    """MSP: open when the largest softmax probability of the closed-set classifier is below 0.5 (appendix A.7)."""
    largest, answers = _softmax(outcome).max(1)
    answers[largest < MSP_THRESHOLD] = OPEN
    labels = outcome.classifier.labels
    return evaluate(outcome.split.test_targets, answers.tolist(), largest.tolist(), labels)


def _softmax(outcome: Outcome):
    return outcome.classifier.closed_logits(outcome.judged.features).softmax(1)


if __name__ == "__main__":
    main()
