"""Groups among open texts: what is alike comes together, and can be edited."""

from __future__ import annotations

import numpy as np
import pytest

from ans.serving.discovery import REST, Discovery, OpenTexts, discover, keywords, open_among, smallest_for


def blobs(size: int = 30, dim: int = 32) -> OpenTexts:
    """Three groups of features, each around a direction of its own, with words of their own."""
    rng = np.random.RandomState(0)
    words = ("gym opening hours", "lost my umbrella", "bake a chocolate cake")
    centres = 6 * np.eye(3, dim)
    features = np.concatenate([centre + 0.3 * rng.randn(size, dim) for centre in centres]).astype(np.float32)
    return OpenTexts([f"{words[i // size]} tomorrow" for i in range(3 * size)], None, features, 500)


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(blobs(), smallest=8)


def test_texts_that_are_alike_come_into_one_group(found):
    assert [len(cluster.rows) for cluster in found.clusters] == [30, 30, 30]
    assert all(len({row // 30 for row in cluster.rows}) == 1 for cluster in found.clusters)
    assert found.places.shape == (90, 2)
    assert np.isfinite(found.places).all()


def test_a_group_is_named_by_words_that_the_others_do_not_have(found):
    words = {"gym", "opening", "hours", "lost", "umbrella", "bake", "chocolate", "cake"}
    assert {cluster.keywords[0] for cluster in found.clusters} <= words
    assert all(cluster.keywords[-1] == "tomorrow" for cluster in found.clusters)
    assert len({cluster.name for cluster in found.clusters}) == 3


def test_the_same_texts_give_the_same_groups(found):
    again = discover(blobs(), smallest=8)
    assert again.clusters == found.clusters
    assert np.array_equal(again.places, found.places)


def test_words_of_no_language_and_no_words_at_all_still_give_groups():
    assert keywords([["the of and", "of the"], ["??", "42"]]) == [["of", "the", "and"], []]
    assert keywords([["??"], ["42"]]) == [[], []]


def test_merging_moves_all_texts_and_keeps_the_name(found):
    merged = found.renamed(0, "  my   class ").merged(0, 2)
    assert [len(cluster.rows) for cluster in merged.clusters] == [60, 30]
    assert merged.clusters[0].name == "my class"
    assert set(merged.clusters[0].rows) == set(found.clusters[0].rows) | set(found.clusters[2].rows)
    with pytest.raises(ValueError, match="can't be merged with itself"):
        found.merged(1, 1)


def test_a_dropped_text_is_in_no_group_any_more(found):
    first = found.clusters[1].rows[0]
    kept = found.keeping(1, found.clusters[1].rows[1:])
    assert kept.assignment[first] == REST
    assert len(kept.clusters[1].rows) == 29
    with pytest.raises(ValueError, match="keep at least one"):
        found.keeping(1, [])


def test_without_a_group_its_texts_are_gone_and_the_others_keep_theirs(found):
    rest = found.without(0)
    assert len(rest.texts) == 60
    for old, new in zip(found.clusters[1:], rest.clusters, strict=True):
        assert [found.texts[row] for row in old.rows] == [rest.texts[row] for row in new.rows]


def test_few_texts_make_small_groups_and_many_make_larger_ones_within_bounds():
    assert [smallest_for(count) for count in (40, 900, 50_000)] == [5, 9, 13]


def test_too_few_texts_are_refused_with_what_to_do():
    few = OpenTexts(["a"] * 4, None, np.ones((4, 8), np.float32), 200)
    with pytest.raises(ValueError, match=r"got 4 \(200 were classified\); bring more texts of your own\.$"):
        discover(few)


def test_only_texts_the_model_leaves_open_are_looked_at(classifier):
    given = ["set an alarm for seven tomorrow", "what is the boiling point of helium", "do fish sleep", "do fish sleep"]
    *_, last = open_among(classifier, given)
    assert last.texts == ["what is the boiling point of helium", "do fish sleep"]
    assert last.features.shape == (2, classifier.encoder.dim)
    assert (last.labels, last.judged) == (None, 3)
