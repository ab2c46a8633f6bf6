import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.synthesis.model import AcousticModel, smooth, stretch


@pytest.fixture(scope="module")
def model(tiny_model_spec) -> AcousticModel:
    torch.manual_seed(0)
    return AcousticModel(tiny_model_spec, 30, 7, 9, 2).eval()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8).filter(any))
def test_every_symbol_lasts_as_long_as_it_is_told(durations) -> None:
    encoded = torch.arange(len(durations)).float()[None, :, None]
    stretched, positions, mask = stretch(encoded, torch.tensor([durations]))
    expected = [float(at) for at, steps in enumerate(durations) for _ in range(steps)]
    assert stretched[0, :, 0].tolist() == expected
    assert mask.all()
    share = positions[0, :, 0]
    assert ((share > 0) & (share < 1)).all()
    for at in set(expected):  # it grows through a symbol
        inside = share[stretched[0, :, 0] == at]
        assert (inside.diff() > 0).all()


def test_filling_up_changes_nothing(model) -> None:
    """A sentence gives the same alone and beside a longer one."""
    symbols, places = torch.randint(1, 30, (2, 6)), torch.randint(0, 4, (2, 6))
    durations = torch.tensor([[2, 3, 1, 0, 0, 0], [4, 1, 2, 2, 0, 3]])
    mask = torch.tensor([[True] * 3 + [False] * 3, [True] * 6])
    with torch.no_grad():
        together = model.decode(model.encode(symbols, places, mask), durations)
        logs = model.predict_log_durations(model.encode(symbols, places, mask), mask)
        one = model.encode(symbols[:1, :3], places[:1, :3], mask[:1, :3])
        alone = model.decode(one, durations[:1, :3])
        own_logs = model.predict_log_durations(one, mask[:1, :3])
    assert together[0].shape == (2, 24, 7)
    assert together[1].shape == (2, 24, 9)
    for both, single in zip(together, alone, strict=True):
        torch.testing.assert_close(both[0, :12], single[0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(logs[0, :3], own_logs[0], atol=1e-5, rtol=1e-4)


def test_neighbours_matter(model) -> None:
    mask = torch.ones(1, 3, dtype=torch.bool)
    places = torch.zeros(1, 3, dtype=torch.long)
    with torch.no_grad():
        first = model.encode(torch.tensor([[1, 2, 3]]), places, mask)
        second = model.encode(torch.tensor([[1, 2, 4]]), places, mask)
    assert not torch.allclose(first[0, 1], second[0, 1])


def test_neighbouring_frames_are_alike() -> None:
    """What alternates from frame to frame is gone, what is constant stays, up to the last frame."""
    frames = torch.tensor([1.0, -1.0, 1.0, -1.0, 1.0, 9.0])[None, :, None]
    mask = torch.tensor([[True] * 5 + [False]])
    found = smooth(frames, mask)[0, :5, 0]
    assert found[1:4].abs().max() == 0.0
    assert found[4] == 0.5  # the frame behind the end does not count
    assert torch.equal(smooth(torch.ones(2, 5, 3), mask[:, :5]), torch.ones(2, 5, 3))
