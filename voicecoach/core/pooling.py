"""Means over stretches of a sequence, differentiable and without loops."""

import torch
from torch import Tensor


def segment_means(x: Tensor, segments: Tensor) -> Tensor:
    """Mean of ``x`` over each half-open stretch of frames.

    Args:
        x: (batch, n_frames, width).
        segments: (batch, n_segments, 2) start and end frame; an empty stretch counts as the one
            frame at its start, so that the result is always finite.

    Returns:
        (batch, n_segments, width), in float32.
    """
    n_frames = x.shape[1]
    start = segments[..., 0].clamp(0, n_frames - 1)
    end = torch.maximum(segments[..., 1].clamp(max=n_frames), start + 1)
    frame = torch.arange(n_frames, device=x.device)
    inside = (frame >= start[..., None]) & (frame < end[..., None])
    return (inside.to(x.dtype) @ x).float() / (end - start)[..., None]


def thirds(segments: Tensor) -> Tensor:
    """Beginning, middle and end of each stretch: (batch, n, 2) -> (batch, n, 3, 2)."""
    start, end = segments[..., 0], segments[..., 1]
    cuts = [start + torch.div((end - start) * part, 3, rounding_mode="floor") for part in range(4)]
    return torch.stack([torch.stack(cuts[:3], -1), torch.stack(cuts[1:], -1)], -1)
