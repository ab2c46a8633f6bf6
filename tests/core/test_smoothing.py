import pytest
import torch

from voicecoach.core.smoothing import smooth


@pytest.mark.parametrize("shape", [(20,), (3, 20), (2, 3, 4, 20)])
def test_a_constant_stays_and_its_sum_is_kept(shape) -> None:
    torch.testing.assert_close(smooth(torch.full(shape, 2.0), 1.5), torch.full(shape, 2.0))
    impulse = torch.zeros(shape)
    impulse[..., 10] = 1.0
    found = smooth(impulse, 1.5)
    torch.testing.assert_close(found.sum(-1), torch.ones(shape[:-1]))
    assert (found[..., 10] < 0.3).all()
    torch.testing.assert_close(found[..., 8], found[..., 12])
