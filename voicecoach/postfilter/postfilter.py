"""A trained postfilter: dull features in, lively ones out, whatever the features are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from voicecoach import config
from voicecoach.config import Spec
from voicecoach.errors import InputError
from voicecoach.postfilter import bands
from voicecoach.postfilter.baselines import STATISTICS, ModulationFilters
from voicecoach.postfilter.model import PostfilterModelSpec, ResidualGenerator
from voicecoach.synthesis.features import SynthSpec
from voicecoach.training import checkpoint

_QUIET_DB = 35.0  # below the loudest frame: pauses, closures


class Enhancer(Protocol):
    """What all postfilters and their baselines can do."""

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """Features (n_frames, height) of made speech to those of livelier speech.

        The same seed gives the same features.
        """
        ...


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence as a system says it.

    Attributes:
        rows: (n_columns, n_rows) what postfilters of this kind change.
        sound: (n_samples,) float32.
        seconds: that the postfilter took.
    """

    rows: np.ndarray
    sound: np.ndarray
    seconds: float


class PostfilterSpec(Spec):
    """What a postfilter works on, and how."""

    features: SynthSpec
    model: PostfilterModelSpec


@dataclass(frozen=True)
class Scales:
    """Mean and standard deviation of natural speech, (height,)."""

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, natural: Sequence[np.ndarray]) -> "Scales":
        """Measured on all frames of (n_frames, height)."""
        frames = torch.from_numpy(np.concatenate(natural)).float()
        return cls(frames.mean(0), frames.std(0).clamp_min(1e-4))

    def rows(self, band: slice) -> "Scales":
        """Those of some rows."""
        return Scales(self.mean[band], self.std[band])

    def picture(self, features: np.ndarray) -> Tensor:
        """(n_frames, height) -> normalised (1, height, n_frames)."""
        return ((torch.from_numpy(features).float() - self.mean) / self.std).T[None]

    def features(self, picture: Tensor) -> np.ndarray:
        """Undoes ``picture``."""
        return (picture[0].T * self.std + self.mean).numpy()


def quiet(log_magnitude: np.ndarray) -> np.ndarray:
    """(n_frames, 1) True where a spectrum (n_frames, n_bins) is far below its loudest frame."""
    level_db = 10.0 * np.log10(np.sum(np.exp(2.0 * log_magnitude), axis=1, keepdims=True))
    return level_db < level_db.max() - _QUIET_DB


def run(
    generator: ResidualGenerator, scales: Scales, features: np.ndarray, seed: int = 0
) -> np.ndarray:
    """One generator over features (n_frames, context_rows + height) -> the same shape."""
    device = next(generator.parameters()).device
    picture = scales.picture(features)[None].to(device)
    size = (1, 1, features.shape[1] - generator.context_rows, len(features))
    noise = torch.randn(size, generator=torch.Generator().manual_seed(seed)).to(device)
    with torch.inference_mode():
        made = scales.features(generator(picture, noise)[0].cpu()).astype(features.dtype)
    made[:, : generator.context_rows] = features[:, : generator.context_rows]
    return made


class Postfilter:
    """Generators over bands of rows, cross-faded where bands overlap.

    Args:
        spec: what it works on.
        base: what is done before, its scaling again at the end, where the spec says ``filtered``;
            elsewhere a baseline, None in a packed checkpoint.
        generators: one for each band, in evaluation mode.
        scales: of all rows.
    """

    def __init__(
        self,
        spec: PostfilterSpec,
        base: ModulationFilters | None,
        generators: Sequence[ResidualGenerator],
        scales: Scales,
    ) -> None:
        self.spec = spec
        self.base = base
        self.scales = scales
        self._height = len(scales.mean)
        self._bands = bands.cut(self._height, spec.model.bands)
        self._generators = [
            generator.to(memory_format=torch.channels_last).eval() for generator in generators
        ]

    @classmethod
    def from_pretrained(cls, folder: str | Path) -> "Postfilter":
        """Loads a checkpoint folder.

        Raises:
            InputError: there is none, it is damaged, or it is no postfilter.
        """
        found = checkpoint.load(folder)
        try:
            values = {name: found.config[name] for name in PostfilterSpec.model_fields}
            spec = config.parse(values, PostfilterSpec, found.folder)
            scales = Scales(found.statistics["mean"].float(), found.statistics["std"].float())
            base = None
            if spec.model.filtered or STATISTICS[0] in found.statistics:
                base = ModulationFilters.from_tensors(found.statistics, spec.model.context_rows)
        except KeyError as error:
            raise InputError(
                f"The checkpoint {folder} is no postfilter: it has no {error}."
            ) from error
        generators = []
        for number, band in enumerate(bands.cut(len(scales.mean), spec.model.bands)):
            height = band.stop - band.start - spec.model.context_rows
            generator = ResidualGenerator(spec.model, height)
            prefix = f"{number}."
            own = {
                k.removeprefix(prefix): t for k, t in found.tensors.items() if k.startswith(prefix)
            }
            checkpoint.load_weights(generator, own, found.folder)
            generators.append(generator)
        return cls(spec, base, generators, scales)

    def enhance(self, features: np.ndarray, seed: int = 0) -> np.ndarray:
        """Features (n_frames, height) of made speech to those of livelier speech.

        Args:
            features: at least one frame.
            seed: of the noise; the same seed gives the same features.

        Raises:
            ValueError: ``features`` has another height.
        """
        if features.ndim != 2 or features.shape[1] != self._height:
            raise ValueError(f"features {features.shape}, not (n_frames, {self._height})")
        base = self.base if self.spec.model.filtered else None
        if base is not None:
            features = base.enhance(features, seed)
        parts = [
            run(generator, self.scales.rows(band), features[:, band], seed + number)
            for number, (generator, band) in enumerate(
                zip(self._generators, self._bands, strict=True)
            )
        ]
        lively = bands.join(parts, self._bands, self._height)
        share = self.spec.model.loud_strength
        if share < 1.0:
            lively = features + np.where(quiet(features), 1.0, share) * (lively - features)
        if base is not None:
            # Networks take variance away again: they are unsure.
            lively = base.scaling.enhance(lively)
        n_context = self.spec.model.context_rows
        lively[:, :n_context] = features[:, :n_context]
        return lively.astype(features.dtype)
