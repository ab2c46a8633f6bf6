"""What to change in a face: deep feedback for photographs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from pydantic import Field
from torch import Tensor

from voicecoach import config, pretrained
from voicecoach.config import Spec
from voicecoach.core.feedback import ClassTarget, feed_back
from voicecoach.core.subspace import Subspace
from voicecoach.errors import InputError
from voicecoach.image.detect import find_face
from voicecoach.image.features import FaceFolder
from voicecoach.image.frame import Frame, crop
from voicecoach.image.landmarks import N_LANDMARKS, align, eye_distance, mirror
from voicecoach.image.model import EXPRESSIONS, FaceModelSpec, FaceNetwork
from voicecoach.image.picture import MARGIN, PATCH, Patch, cut
from voicecoach.training import checkpoint

DEFAULT = "face-expression"
EYES_IN_BOX = (0.5, 0.396, 0.414)
"""Where faces have their eyes in a detector's box: x, y and eye distance in sides of the box."""
ROUNDS = 3
"""How often the eyes are looked for, each time in a frame closer to them."""
UNSURE = 0.02
"""Disagreement of the views, in eye distances, above which a picture counts as no face; held-out
faces have 0.018 at most, blurred noise 0.022 and more."""


class FaceFeedbackSpec(Spec):
    """How a face is moved to its target. Written in ``conf/feedback/face.yaml``."""

    layer: str
    steps: int = Field(gt=0)
    step_size: float = Field(gt=0.0)
    normalise: bool = False
    n_components: int = Field(ge=0)  # of the subspace; 0 for none
    power: float = Field(default=1.0, ge=0.0)  # of their variances, as their weights
    l2: float = Field(default=0.0, ge=0.0)
    probability: float = Field(default=1.0, gt=0.0, le=1.0)  # at which the target is reached
    views: int = Field(gt=0)  # crops that are averaged, every other one mirrored
    shift: float = Field(ge=0.0)  # how far they lie apart: eye distances,
    scale: float = Field(ge=0.0)  # share of the eye distance,
    angle_deg: float = Field(ge=0.0)


@dataclass(frozen=True)
class FaceFeedback:
    """What was seen in a batch of faces and how they should change.

    Attributes:
        before, after: (batch, 68, 2) in pixels of the picture.
        probabilities_before, probabilities_after: (batch, 2) of ``EXPRESSIONS``.
        loss_before, loss_after: (batch,) target loss.
        spread: (batch,) how far the views disagree about the landmarks, in eye distances.
    """

    before: np.ndarray
    after: np.ndarray
    probabilities_before: np.ndarray
    probabilities_after: np.ndarray
    loss_before: np.ndarray
    loss_after: np.ndarray
    spread: np.ndarray

    @property
    def arrows(self) -> np.ndarray:
        """(batch, 68, 2) in pixels."""
        return self.after - self.before

    @property
    def arrows_in_eye_distances(self) -> np.ndarray:
        """(batch, 68, 2)."""
        return self.arrows / eye_distance(self.before)[:, None, None]


class FaceCoach:
    """A trained network and how it is asked.

    Args:
        network: in any mode; it stays as it is.
        model: its spec.
        spec: how feedback is made.
        subspace: where edits stay, None for anywhere.
    """

    def __init__(
        self,
        network: FaceNetwork,
        model: FaceModelSpec,
        spec: FaceFeedbackSpec,
        subspace: Subspace | None,
    ) -> None:
        self.network = network.eval()
        self.model = model
        self.spec = spec
        self.subspace = subspace

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path | None = None) -> "FaceCoach":
        """Loads a packed checkpoint, by default the one that comes with the package. Raises
        ``InputError`` where there is none, or it is no face checkpoint."""
        folder = pretrained.resolve(DEFAULT if name_or_folder is None else name_or_folder)
        stored = checkpoint.load(folder)
        if "feedback" not in stored.config:
            raise InputError(f"{folder} is no packed face checkpoint: give one, or none.")
        network, model = load_network(stored)
        spec = config.parse(stored.config["feedback"], FaceFeedbackSpec, folder)
        return cls(network, model, spec, _stored_subspace(stored.statistics, spec.power))

    @classmethod
    def fit(
        cls, stored: checkpoint.Checkpoint, faces: FaceFolder, spec: FaceFeedbackSpec
    ) -> "FaceCoach":
        """A coach of a freshly trained network, its subspace from the faces that trained it."""
        network, model = load_network(stored)
        coach = cls(network, model, spec, None)
        if spec.n_components:
            features = coach._features(faces)
            most = min(spec.n_components, len(features) - 1, features[0].numel())
            coach.subspace = replace(Subspace.fit(features, most, None), power=spec.power)
        return coach

    def coach(self, picture: Image.Image, target: str) -> FaceFeedback:
        """Feedback for the face in one picture (a batch of one).

        Raises:
            InputError: there is no face, or the network cannot make one out.
        """
        feedback = self.coach_patches([cut(picture, find_face(picture))], target)
        if feedback.spread[0] > UNSURE:
            raise InputError(
                "No face can be made out in this picture: give one in which the whole face looks "
                "straight at the camera, evenly lit."
            )
        return feedback

    def coach_patches(self, patches: Sequence[Patch], target: str) -> FaceFeedback:
        """Feedback for faces that were cut out. Raises ``InputError`` for an unknown target."""
        if target not in EXPRESSIONS:
            raise InputError(f"'{target}' is none of the targets {', '.join(EXPRESSIONS)}.")
        grey = _stack(patches)
        views = self._views(self._find_eyes(grey))
        seen = [self._feed_back(grey, *view, target) for view in views]
        before, after = (np.stack([view[i] for view in seen]) for i in (0, 1))
        numbers = [np.mean([view[i] for view in seen], 0) for i in range(2, 6)]
        middle = before.mean(0)
        apart = np.linalg.norm(before - middle, axis=-1).mean((0, 2)) / eye_distance(middle)
        return FaceFeedback(*self._in_picture(patches, before, after), *numbers, apart)

    def arrows_of_edit(
        self, patches: Sequence[Patch], edit: Callable[[Tensor], Tensor]
    ) -> np.ndarray:
        """Arrows (batch, 68, 2) in pixels after another edit of the layer's feature maps."""
        grey = _stack(patches)
        before, after = [], []
        for frame, mirrored in self._views(self._find_eyes(grey)):
            crops = crop(grey, frame, self.model.crop_size, np.full(len(grey), mirrored))
            with torch.inference_mode():
                features = self.network.run_to(self.spec.layer, crops)
                for ends, x in ((before, features), (after, edit(features))):
                    parts, _ = self.network.run_from(self.spec.layer, x)
                    ends.append(_landmarks(parts, frame, mirrored))
        start, end = self._in_picture(patches, np.stack(before), np.stack(after))
        return end - start

    def _in_picture(
        self, patches: Sequence[Patch], before: np.ndarray, after: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Means of the views (n_views, batch, 68, 2) of patches, in pixels of the pictures."""
        start, end = before.mean(0), after.mean(0)
        # An expression is no movement of the head: that part is taken away.
        end = align(end, start)
        places = (
            np.stack([patch.to_picture(x) for patch, x in zip(patches, points, strict=True)])
            for points in (start, end)
        )
        return tuple(places)

    def _find_eyes(self, grey: Tensor) -> Frame:
        n, side = len(grey), PATCH / MARGIN
        corner = (PATCH - side) / 2
        x, y, distance = EYES_IN_BOX
        middle = np.array([[corner + x * side, corner + y * side]]).repeat(n, 0)
        frame = Frame(middle, np.array([[distance * side, 0.0]]).repeat(n, 0))
        for _ in range(ROUNDS):
            found = []
            for mirrored in (False, True):
                flip = np.full(n, mirrored)
                with torch.inference_mode():
                    parts, _ = self.network(crop(grey, frame, self.model.crop_size, flip))
                found.append(_landmarks(parts, frame, mirrored))
            frame = Frame.of(np.mean(found, 0))
        return frame

    def _views(self, frame: Frame) -> list[tuple[Frame, bool]]:
        """Frames beside this one, always the same, each with a mirrored twin."""
        spec, rng, n = self.spec, np.random.default_rng(0), len(frame.middle)
        views = []
        for number in range(spec.views):
            if number % 2 == 0:
                draws = rng.normal(size=4) if number else np.zeros(4)
                beside = frame.jitter(
                    np.tile(spec.shift * draws[:2], (n, 1)),
                    np.full(n, np.exp(spec.scale * draws[2])),
                    np.full(n, np.radians(spec.angle_deg * draws[3])),
                )
            views.append((beside, number % 2 == 1))
        return views

    def _feed_back(
        self, grey: Tensor, frame: Frame, mirrored: bool, target: str
    ) -> tuple[np.ndarray, ...]:
        flip = np.full(len(grey), mirrored)
        spec = self.spec
        said = feed_back(
            self.network,
            crop(grey, frame, self.model.crop_size, flip),
            ClassTarget(EXPRESSIONS.index(target), spec.probability),
            layer=spec.layer,
            steps=spec.steps,
            step_size=spec.step_size,
            normalise=spec.normalise,
            subspace=self.subspace,
            l2=spec.l2,
        )
        before, after = (
            _landmarks(x, frame, mirrored) for x in (said.parts_before, said.parts_after)
        )
        probabilities = (p.numpy() for p in said.probabilities)
        return before, after, *probabilities, said.losses[0].numpy(), said.losses[-1].numpy()

    def _features(self, faces: FaceFolder) -> Tensor:
        """Feature maps of the faces and their mirrors in the same views as at run time."""
        patches = torch.from_numpy(faces.patches)[:, None].float()
        maps = []
        for frame, mirrored in self._views(Frame.of(faces.landmarks)):
            crops = crop(patches, frame, self.model.crop_size, np.full(len(patches), mirrored))
            with torch.no_grad():
                maps.append(self.network.run_to(self.spec.layer, crops))
        return torch.cat(maps)


def load_network(stored: checkpoint.Checkpoint) -> tuple[FaceNetwork, FaceModelSpec]:
    """The network of a checkpoint, in eval mode. Raises ``InputError`` where it is another's."""
    model = config.parse(stored.config.get("model", {}), FaceModelSpec, stored.folder)
    network = FaceNetwork(model)
    checkpoint.load_weights(network, stored.tensors, stored.folder)
    return network.eval(), model


def _stack(patches: Sequence[Patch]) -> Tensor:
    """(batch, 1, PATCH, PATCH)."""
    return torch.from_numpy(np.stack([patch.grey for patch in patches]))[:, None].float()


def _landmarks(parts: Tensor, frame: Frame, mirrored: bool) -> np.ndarray:
    """What the parts head says (batch, 136) as pixels (batch, 68, 2)."""
    points = parts.double().numpy().reshape(-1, N_LANDMARKS, 2)
    return frame.to_pixels(mirror(points) if mirrored else points)


def _stored_subspace(statistics: dict[str, Tensor], power: float) -> Subspace | None:
    if not statistics:
        return None
    mean, components, variances = (
        statistics[name].float() for name in ("mean", "components", "variances")
    )
    # Rounding has made the components a little oblique.
    straight = torch.linalg.qr(components.T).Q.T
    signs = (straight * components).sum(1, keepdim=True).sign()
    return Subspace(mean, straight * signs, variances, None, power)
