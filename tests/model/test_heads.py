"""All heads in one module behave as so many separate classifiers."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ans.model.heads import MultiViewHeads, OneVsRestHeads
from ans.model.phase_two import open_loss

CLASSES, DIM, HIDDEN = 5, 12, (16, 8)


@pytest.fixture
def heads() -> OneVsRestHeads:
    """Five untrained heads without dropout."""
    torch.manual_seed(0)
    return OneVsRestHeads(CLASSES, DIM, HIDDEN, dropout=0.0)


def draws(*shape: int, seed: int = 1) -> Tensor:
    """Standard normal features."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def alone(heads: OneVsRestHeads, m: int) -> nn.Sequential:
    """Head m as an ordinary network of its own."""
    layers: list[nn.Module] = []
    for weight, bias in zip(heads.weights, heads.biases, strict=True):
        linear = nn.Linear(weight.shape[1], weight.shape[2])
        with torch.no_grad():
            linear.weight.copy_(weight[m].T)
            linear.bias.copy_(bias[m, 0])
        layers += [linear, nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def test_batched_heads_equal_the_same_heads_one_at_a_time(heads):
    features = draws(CLASSES, 7, DIM)
    logits = heads(features)
    assert logits.shape == (CLASSES, 7)
    for m in range(CLASSES):
        torch.testing.assert_close(logits[m], alone(heads, m)(features[m]).squeeze(-1), rtol=0, atol=1e-6)


def test_texts_shared_by_all_heads_give_what_each_heads_own_copy_gives(heads):
    shared = draws(7, DIM)
    torch.testing.assert_close(heads(shared), heads(shared.expand(CLASSES, -1, -1)), rtol=0, atol=1e-6)


def test_the_hidden_layer_is_the_second_one_after_its_relu(heads):
    features = draws(7, DIM)
    hidden = heads.hidden(features)
    assert hidden.shape == (CLASSES, 7, HIDDEN[1])
    for m in range(CLASSES):
        torch.testing.assert_close(hidden[m], alone(heads, m)[:4](features), rtol=0, atol=1e-6)


def test_training_all_heads_together_equals_training_each_alone(heads):
    positives, negatives, synthesized = (draws(CLASSES, 6, DIM, seed=seed) for seed in (1, 2, 3))
    networks = [alone(heads, m) for m in range(CLASSES)]
    before = [weight.detach().clone() for weight in heads.weights]

    together = torch.optim.Adam(heads.parameters(), lr=1e-2)
    for _ in range(10):
        together.zero_grad()
        open_loss(heads, positives, negatives, synthesized, 0.5).sum().backward()
        together.step()

    for m, network in enumerate(networks):
        optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
        for _ in range(10):
            optimizer.zero_grad()
            yes, no, made = (network(part[m]).squeeze(-1) for part in (positives, negatives, synthesized))
            (F.softplus(-yes).mean() + F.softplus(no).mean() + 0.5 * F.softplus(made).mean()).backward()
            optimizer.step()
        for layer, linear in enumerate(network[::2]):
            torch.testing.assert_close(heads.weights[layer][m], linear.weight.T, rtol=0, atol=1e-5)
            torch.testing.assert_close(heads.biases[layer][m, 0], linear.bias, rtol=0, atol=1e-5)
    assert all((now - then).abs().max() > 1e-2 for now, then in zip(heads.weights, before, strict=True))


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_every_parameter_of_every_head_gets_a_finite_non_zero_gradient(dropout):
    torch.manual_seed(0)
    heads = OneVsRestHeads(CLASSES, DIM, dropout=dropout).train()
    open_loss(heads, *(draws(CLASSES, 32, DIM, seed=seed) for seed in (1, 2, 3)), 1.0).sum().backward()
    for name, parameter in heads.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert (parameter.grad.flatten(1).norm(dim=1) > 0).all(), f"{name}: a head has no gradient"


@pytest.mark.parametrize("shared", [True, False])
def test_one_heads_loss_gives_no_gradient_to_another(heads, shared):
    features = draws(7, DIM) if shared else draws(CLASSES, 7, DIM)
    F.softplus(heads(features))[2].sum().backward()
    others = [m for m in range(CLASSES) if m != 2]
    for name, parameter in heads.named_parameters():
        assert (parameter.grad[others] == 0).all(), name
        assert parameter.grad[2].norm() > 0, name


def test_dropout_acts_in_training_only_and_differs_from_head_to_head():
    torch.manual_seed(0)
    heads = OneVsRestHeads(2, DIM, dropout=0.5)
    with torch.no_grad():
        for parameter in heads.parameters():
            parameter[1] = parameter[0]  # two equal heads: only their masks can tell them apart
    features = draws(7, DIM)
    heads.eval()
    assert torch.equal(heads(features), heads(features))
    assert torch.equal(*heads(features))
    heads.train()
    assert not torch.equal(heads(features), heads(features))
    assert not torch.equal(*heads(features))


def test_dropout_follows_both_hidden_layers_as_appendix_a5_has_it():
    torch.manual_seed(0)
    heads = OneVsRestHeads(2, DIM, dropout=0.5).train()
    features = draws(7, DIM)
    assert not torch.equal(heads.hidden(features), heads.hidden(features)), "none after the first layer"
    with torch.no_grad():  # a first layer that gives the same through any mask: only the second one's is left
        heads.weights[0].zero_()
        heads.biases[0].fill_(-1.0)
    assert torch.equal(heads.hidden(features), heads.hidden(features))
    assert not torch.equal(heads(features), heads(features)), "none after the second layer"


def test_the_default_sizes_are_those_of_appendix_a5():
    heads = OneVsRestHeads(3, 768)
    assert [tuple(weight.shape) for weight in heads.weights] == [(3, 768, 256), (3, 256, 64), (3, 64, 1)]
    assert heads.num_classes == 3


def test_one_head_run_alone_says_what_it_says_among_all():
    heads = MultiViewHeads(num_classes=4, dim=6, views=2).eval()
    features = torch.randn(5, 12, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(heads.hidden(features, only=2), heads.hidden(features)[2:3], atol=1e-6)
    first = features[:, :6]
    assert torch.allclose(heads.views[0](first, only=2), heads.views[0](first)[2:3], atol=1e-6)
