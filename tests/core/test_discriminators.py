import pytest
import torch

from voicecoach.core.discriminators import PatchDiscriminator


@pytest.mark.parametrize(("height", "n_frames"), [(50, 64), (7, 33)])
def test_every_patch_is_judged(height, n_frames) -> None:
    network = PatchDiscriminator(2, height, (4, 6, 8))
    opinions, features = network(torch.randn(3, 2, height, n_frames))
    assert opinions.shape == (3, 1, -(-height // 4), -(-n_frames // 4))
    assert [tuple(f.shape[1:3]) for f in features] == [
        (4, height),
        (6, -(-height // 2)),
        (8, -(-height // 4)),
    ]


def test_the_same_picture_in_other_rows_is_another_one() -> None:
    torch.manual_seed(0)
    network = PatchDiscriminator(1, 8, (4, 4)).eval()
    torch.nn.init.normal_(network.row_bias)
    picture = torch.randn(1, 1, 8, 16)
    opinions, _ = network(picture)
    rolled, _ = network(picture.roll(4, dims=2))
    assert not torch.allclose(opinions.roll(2, dims=2), rolled)


def test_weights_are_kept_small() -> None:
    """Spectral norm: after some steps no layer stretches anything by more than about one."""
    network = PatchDiscriminator(1, 8, (4, 4))
    with torch.no_grad():
        for layer in network.layers:
            layer.parametrizations.weight.original.mul_(100)
    for _ in range(30):
        network(torch.randn(1, 1, 8, 16))
    for layer in network.layers:
        norm = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
        assert norm.item() == pytest.approx(1, abs=0.05)
