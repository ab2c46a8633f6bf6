from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError


def varied(n, seed=0):
    """Features (n, 6) that vary along two directions only, with variances 9 and 1."""
    generator = torch.Generator().manual_seed(seed)
    directions = torch.linalg.qr(torch.randn(6, 2, generator=generator))[0].T
    latent = torch.randn(n, 2, generator=generator) * torch.tensor([3.0, 1.0])
    return latent @ directions + 5, directions


# Fewer samples than values, and more, are decomposed in two ways.
@pytest.mark.parametrize("n", [5, 5000])
def test_the_directions_of_the_features_are_found(n):
    features, directions = varied(n)
    subspace = Subspace.fit(features, 2)
    assert_close(subspace.components @ subspace.components.T, torch.eye(2), atol=1e-5, rtol=0)
    assert_close(subspace.project(directions), directions, atol=1e-4, rtol=0)
    along = (features - features.mean(0)) @ subspace.components.T
    assert_close(subspace.variances, along.var(0), atol=1e-4, rtol=1e-4)
    assert_close(subspace.mean, features.mean(0))
    assert subspace.variances[0] > subspace.variances[1]


def test_what_lies_outside_is_taken_away_and_weak_directions_shrink():
    features, _ = varied(100)
    subspace = Subspace.fit(features, 2)
    edit = torch.randn(3, 6)
    inside = subspace.project(edit)
    assert_close(subspace.project(inside), inside, atol=1e-5, rtol=1e-5)
    assert_close((edit - inside) @ subspace.components.T, torch.zeros(3, 2), atol=1e-5, rtol=0)
    strong, weak = subspace.weigh(subspace.components)
    assert_close(strong, subspace.components[0], atol=1e-5, rtol=0)
    share = subspace.variances[1] / subspace.variances[0]
    assert_close(weak, share * subspace.components[1], atol=1e-5, rtol=0)
    _, weak = replace(subspace, power=0.5).weigh(subspace.components)
    assert_close(weak, share.sqrt() * subspace.components[1], atol=1e-5, rtol=0)
    assert_close(replace(subspace, power=0.0).weigh(edit), inside, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("axis", [1, -1, None])
def test_every_position_of_a_feature_map_or_the_whole_of_it(axis):
    features = torch.randn(20, 3, 4, 5)
    subspace = Subspace.fit(features, 2, axis)
    assert subspace.mean.shape == ((60,) if axis is None else (features.shape[axis],))
    inside = subspace.project(features)
    assert inside.shape == features.shape
    assert_close(subspace.project(inside), inside, atol=1e-5, rtol=1e-4)
    assert not torch.allclose(inside, features, atol=0.1)


@pytest.mark.parametrize("n_components", [0, 5])
def test_too_many_components_are_refused(n_components):
    with pytest.raises(InputError, match="ask for 1 to 4"):
        Subspace.fit(varied(5)[0], n_components)


def test_features_that_never_vary_are_refused():
    with pytest.raises(InputError, match="all alike"):
        Subspace.fit(torch.ones(9, 6), 2)
