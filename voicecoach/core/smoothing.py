"""Smoothing over time."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def smooth(rows: Tensor, sigma: float) -> Tensor:
    """Smooths the last axis of (..., n_frames) by a Gaussian; the ends are held.

    Args:
        rows: float.
        sigma: of the Gaussian, in frames, above 0.
    """
    reach = math.ceil(3 * sigma)
    kernel = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=rows.device) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).to(rows.dtype)[None, None]
    flat = F.pad(rows.reshape(-1, 1, rows.shape[-1]), (reach, reach), mode="replicate")
    return F.conv1d(flat, kernel).reshape(rows.shape)
