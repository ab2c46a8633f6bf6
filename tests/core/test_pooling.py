import torch
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.core.pooling import segment_means, thirds


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(1, 12)), min_size=1, max_size=5))
def test_segment_means_equal_a_loop(spans):
    x = torch.arange(24.0).view(1, 12, 2).square()
    segments = torch.tensor([[(min(a, b - 1), b) for a, b in spans]])
    pooled = segment_means(x, segments)
    for i, (start, end) in enumerate(segments[0].tolist()):
        torch.testing.assert_close(pooled[0, i], x[0, start:end].mean(0))


def test_an_empty_segment_is_one_frame():
    x = torch.randn(1, 6, 3)
    pooled = segment_means(x, torch.tensor([[[4, 4], [6, 6]]]))
    torch.testing.assert_close(pooled[0], x[0, [4, 5]])


@given(st.integers(0, 50), st.integers(0, 50))
def test_thirds_cover_the_segment_in_order(start, size):
    parts = thirds(torch.tensor([[[start, start + size]]]))[0, 0]
    assert parts[0, 0] == start
    assert parts[2, 1] == start + size
    assert (parts[:-1, 1] == parts[1:, 0]).all()
    sizes = parts[:, 1] - parts[:, 0]
    assert sizes.max() - sizes.min() <= 1
