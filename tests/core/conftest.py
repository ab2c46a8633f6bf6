"""Two small untrained networks: one of pictures, one of frames of different lengths."""

import pytest
import torch
from torch import nn

from voicecoach.core.multitask import MultitaskNetwork


class Pool(nn.Module):
    """Mean over the real frames of (batch, n_frames, width)."""

    def forward(self, x, lengths):
        inside = torch.arange(x.shape[1])[None] < lengths[:, None]
        return (x * inside[..., None]).sum(1) / lengths[:, None]


class Each(nn.Module):
    """A layer of every frame, which needs no lengths."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x, lengths):
        return self.layers(x)


class PooledHead(nn.Module):
    def __init__(self, width, n):
        super().__init__()
        self.pool = Pool()
        self.out = nn.Linear(width, n)

    def forward(self, x, lengths):
        return self.out(self.pool(x, lengths))


@pytest.fixture
def of_pictures():
    torch.manual_seed(0)

    def head(n):
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, n))

    stages = {
        "edges": nn.Sequential(nn.Conv2d(1, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU()),
        "shapes": nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.Dropout(0.5), nn.Tanh()),
    }
    return MultitaskNetwork(stages, head(6), head(3))


@pytest.fixture
def of_frames():
    torch.manual_seed(0)
    stages = {"low": Each(nn.Linear(5, 8), nn.Tanh()), "high": Each(nn.Linear(8, 8), nn.GELU())}
    return MultitaskNetwork(stages, Each(nn.Linear(8, 4)), PooledHead(8, 3))
