import pytest
import torch
from torch import nn
from torch.testing import assert_close

from voicecoach.core.feedback import feed_back
from voicecoach.core.likelihood import GaussianHead, LikelihoodTarget
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError

N, WIDTH, CLASSES, CONTEXT = 4000, 4, 3, 5


@pytest.fixture(scope="module")
def made():
    """Samples of three classes that lie elsewhere for each speaker, and the truth about them."""
    generator = torch.Generator().manual_seed(0)

    def draw(*shape):
        return torch.randn(*shape, generator=generator)

    means, slope = 6 * draw(CLASSES, WIDTH), 2 * draw(WIDTH)
    mixing = torch.eye(WIDTH) + 0.4 * draw(WIDTH, WIDTH)
    classes = torch.arange(N) % CLASSES
    speaker = draw(N)
    context = 0.01 * draw(N, CONTEXT) + 3.0
    context[:, 2] += speaker
    features = means[classes] + speaker[:, None] * slope + draw(N, WIDTH) @ mixing.T
    truth = {"means": means, "slope": slope, "covariance": mixing @ mixing.T}
    return features, classes, context, truth


@pytest.fixture(scope="module")
def head(made):
    features, classes, context, _ = made
    return GaussianHead(CLASSES, WIDTH, CONTEXT, 1).fit(features, classes, context, ridge=1.0)


def middles(head, context):
    """(n, classes, width): where each class has its middle in these contexts."""
    about = (context - head.context_mean) @ head.context_basis @ head.slopes
    return head.means + about[:, None]


def test_means_slopes_and_covariance_are_found_again(made, head):
    _, _, context, truth = made
    one_up = context.mean(0).repeat(2, 1)
    one_up[1, 2] += 1
    average, moved = middles(head, one_up)
    assert_close(average, truth["means"], atol=0.2, rtol=0)
    assert_close(moved - average, truth["slope"].expand(CLASSES, -1), atol=0.1, rtol=0)
    assert_close(head.covariance, truth["covariance"], atol=0.15, rtol=0.05)


def test_it_is_0_at_the_middle_and_lower_everywhere_else(made, head):
    context = made[2][:50]
    for index in range(CLASSES):
        middle = middles(head, context)[:, index]
        assert_close(head(middle, context)[:, index], torch.zeros(50), atol=1e-4, rtol=0)
    assert (head(made[0], made[2]) <= 0).all()


def test_it_classifies_and_without_the_context_it_does_worse(made, head):
    features, classes, context, _ = made
    right = (head(features, context).softmax(1).argmax(1) == classes).float().mean()
    nothing = context.mean(0).expand_as(context)
    blind = (head(features, nothing).argmax(1) == classes).float().mean()
    assert right > 0.97
    assert blind < right


def test_the_target_is_half_the_squared_mahalanobis_distance(made, head):
    features, classes, context, _ = (x[:20] if torch.is_tensor(x) else x for x in made)
    away = features - middles(head, context)[torch.arange(20), classes]
    expected = 0.5 * (away @ torch.linalg.inv(head.covariance) * away).sum(1)
    log_likelihoods = head(features, context)
    assert_close(LikelihoodTarget(classes)(log_likelihoods), expected, atol=1e-3, rtol=1e-3)
    assert_close(LikelihoodTarget(1)(log_likelihoods), -log_likelihoods[:, 1])


class Same(nn.Module):
    def forward(self, x, context):
        return x


def test_deep_feedback_ends_at_the_middle_and_leaves_the_weights(made, head):
    features, _, context, _ = (x[:20] if torch.is_tensor(x) else x for x in made)
    network = MultitaskNetwork({"only": Same()}, Same(), head)
    state = {name: x.clone() for name, x in network.state_dict().items()}
    variances, directions = torch.linalg.eigh(head.covariance)
    subspace = Subspace(
        torch.zeros(WIDTH), directions.T.flip(0).contiguous(), variances.flip(0), axis=-1
    )
    feedback = feed_back(
        network, features, LikelihoodTarget(2), context,
        layer="only", steps=30, step_size=0.5 * float(variances[-1]), subspace=subspace,
    )  # fmt: skip
    assert_close(feedback.parts_after, middles(head, context)[:, 2], atol=1e-3, rtol=0)
    # Half of the way each time, straight on.
    halfway = feedback.movements[1] / feedback.movements[-1]
    assert_close(halfway, torch.full((20,), 0.5), atol=1e-3, rtol=0)
    assert state
    assert all(torch.equal(x, state[name]) for name, x in network.state_dict().items())


def test_a_class_without_samples_lies_at_the_mean_of_all(made):
    features, classes, context, _ = made
    head = GaussianHead(CLASSES + 1, WIDTH, CONTEXT, 1).fit(features, classes, context)
    assert_close(head.means[CLASSES], features.mean(0))


def test_too_few_samples_are_refused(made):
    features, classes, context, _ = made
    with pytest.raises(InputError, match="4 samples are too few for 4 features"):
        GaussianHead(CLASSES, WIDTH, CONTEXT, 1).fit(features[:4], classes[:4], context[:4])


def test_contexts_that_are_all_alike_are_refused_and_nothing_is_drawn_at_random(made):
    features, classes, context, _ = made
    with pytest.raises(InputError, match="all alike"):
        GaussianHead(CLASSES, WIDTH, CONTEXT, 1).fit(features, classes, torch.ones_like(context))
    torch.manual_seed(1)
    one = GaussianHead(CLASSES, WIDTH, CONTEXT, 2).fit(features, classes, context)
    two = GaussianHead(CLASSES, WIDTH, CONTEXT, 2).fit(features, classes, context)
    assert all(torch.equal(x, two.state_dict()[name]) for name, x in one.state_dict().items())
