import pytest
import torch

from voicecoach.core.trunk import RecurrentTrunk, TransformerTrunk, frame_mask, sinusoids

TRUNKS = [
    pytest.param(lambda: TransformerTrunk(8, 16, layers=2, heads=2), id="transformer"),
    pytest.param(lambda: RecurrentTrunk(8, 16, layers=2), id="recurrent"),
]


@pytest.mark.parametrize("make", TRUNKS)
def test_batch_equals_single(make):
    torch.manual_seed(0)
    trunk = make().eval()
    lengths = torch.tensor([31, 20, 7])
    log_mel = torch.randn(3, 31, 8)  # what lies past a recording's end is noise on purpose
    together, out_lengths = trunk(log_mel, lengths)
    for row, length in enumerate(lengths.tolist()):
        alone, alone_length = trunk(log_mel[row : row + 1, :length], lengths[row : row + 1])
        n = int(out_lengths[row])
        assert n == int(alone_length[0]) == (length + 1) // 2
        torch.testing.assert_close(together[row, :n], alone[0, :n], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("make", TRUNKS)
def test_output_depends_on_the_input_everywhere(make):
    torch.manual_seed(0)
    trunk = make().eval()
    log_mel = torch.randn(1, 20, 8, requires_grad=True)
    trunk(log_mel, torch.tensor([20]))[0][0, 5].square().sum().backward()
    assert (log_mel.grad[0].abs().sum(-1) > 0).all()


def test_frame_mask_counts():
    mask = frame_mask(torch.tensor([0, 2, 5]), 5)
    assert mask.sum(1).tolist() == [0, 2, 5]


def test_sinusoids_start_with_zero_and_one():
    positions = sinusoids(10, 8)
    assert positions.shape == (10, 8)
    assert positions[0].tolist() == [0.0] * 4 + [1.0] * 4
    torch.testing.assert_close(positions[3, 0], torch.tensor(3.0).sin())
