"""Networks that tell natural pictures, such as spectrograms, from made ones."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

_SLOPE = 0.2


class PatchDiscriminator(nn.Module):
    """Convolutions that judge every patch of a picture by itself (Isola et al., CVPR 2017).

    Each weight is divided by its largest singular value (Miyato et al., ICLR 2018), which keeps a
    discriminator from becoming too strong. Rows mean different things (coefficients, frequencies),
    so that the first layer has a bias of its own for each.

    Args:
        channels: of the picture, the condition among them.
        height: rows of the picture.
        widths: channels of the layers; each but the first halves the columns.
        kernel: size of the convolutions, odd.
    """

    def __init__(self, channels: int, height: int, widths: Sequence[int], kernel: int = 5) -> None:
        super().__init__()
        layers = []
        for number, width in enumerate(widths):
            stride = (2, 2) if number else (1, 1)
            layers.append(nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2))
            channels = width
        self.layers = nn.ModuleList(map(spectral_norm, layers))
        self.row_bias = nn.Parameter(torch.zeros(1, widths[0], height, 1))
        self.judge = spectral_norm(nn.Conv2d(channels, 1, 3, padding=1))

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Judges pictures (batch, channels, height, columns).

        Returns:
            Opinions (batch, 1, rows, columns) of patches, high for natural; the feature map of
            each layer.
        """
        features = []
        for number, layer in enumerate(self.layers):
            picture = layer(picture)
            if not number:
                picture = picture + self.row_bias
            picture = F.leaky_relu(picture, _SLOPE)
            features.append(picture)
        return self.judge(picture), features


class Jury(nn.Module):
    """Several discriminators of the same pictures, all of whose opinions count alike."""

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Opinions (batch, n) of all, and the feature maps of all."""
        opinions, features = zip(*(member(picture) for member in self.members), strict=True)
        flat = torch.cat([opinion.flatten(1) for opinion in opinions], dim=1)
        return flat, [feature for each in features for feature in each]
