"""The network for faces: a small convolutional trunk, landmarks and expression above it."""

from pydantic import Field
from torch import Tensor, nn

from voicecoach.config import Spec
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.image.landmarks import N_LANDMARKS

EXPRESSIONS = ("neutral", "smiling")


class FaceModelSpec(Spec):
    """Size of the network. Written in ``conf/model/face.yaml``."""

    crop_size: int = Field(gt=15)  # pixels, halved by each convolution
    channels: tuple[int, ...] = Field(min_length=1)  # of each convolution
    width: int = Field(gt=0)  # values of the layer at the split
    dropout: float = Field(ge=0.0, lt=1.0)


class FaceNetwork(MultitaskNetwork):
    """Crops (batch, 1, size, size) -> landmarks (batch, 136) in units of the crop's frame (x1, y1,
    x2, ...) and logits of ``EXPRESSIONS`` (batch, 2).

    The layers are conv1, conv2, ... and shape, where the heads split.
    """

    def __init__(self, spec: FaceModelSpec) -> None:
        stages, low, side = {}, 1, spec.crop_size
        for number, high in enumerate(spec.channels, start=1):
            stages[f"conv{number}"] = nn.Sequential(
                nn.Conv2d(low, high, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(high),
                nn.GELU(),
            )
            low, side = high, (side + 1) // 2
        stages["shape"] = nn.Sequential(
            nn.Flatten(), nn.Dropout(spec.dropout), nn.Linear(low * side * side, spec.width)
        )
        super().__init__(stages, Landmarks(spec.width), nn.Linear(spec.width, len(EXPRESSIONS)))


class Landmarks(nn.Module):
    """A linear map around the mean face: parts = mean + spread * (weights x + bias)."""

    mean: Tensor
    spread: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, 2 * N_LANDMARKS)
        self.register_buffer("mean", self.linear.bias.detach().new_zeros(2 * N_LANDMARKS))
        self.register_buffer("spread", self.linear.bias.detach().new_ones(2 * N_LANDMARKS))

    def forward(self, shape: Tensor) -> Tensor:
        """(batch, width) -> (batch, 136)."""
        return self.mean + self.spread * self.linear(shape)
