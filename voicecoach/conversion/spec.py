"""How a converter is trained: what ``conf/train/convert*.yaml`` says."""

from pydantic import Field

from voicecoach.config import Spec
from voicecoach.losses.adversarial import Criterion
from voicecoach.training.spec import TrainSpec


class LossWeights(Spec):
    """How much each part of the loss counts; 0 leaves it out."""

    adversarial: float = Field(ge=0.0)
    feature_matching: float = Field(ge=0.0)  # the learned similarity
    square: float = Field(ge=0.0)
    absolute: float = Field(ge=0.0)
    content: float = Field(ge=0.0)  # phone posteriors kept: what is said must not change


class ConverterTrainSpec(TrainSpec):
    """``TrainSpec`` and what only a converter needs; see ``conf/train/convert.yaml``."""

    learning_rate: float = Field(gt=0.0)
    discriminator_rate: float = Field(gt=0.0)
    warmup_share: float = Field(ge=0.0, lt=1.0)
    batch_size: int = Field(gt=0)
    frames: int = Field(gt=0)  # of a crop, 10 ms each
    crops: int = Field(gt=0)  # of each utterance in an epoch
    shift_frames: int = Field(ge=0)  # targets are moved by up to so many at random: a stress test
    held_every: int = Field(gt=1)  # every so many-th speaker is only measured with
    dev_every: int = Field(gt=1)  # of the others, every so many-th speaker chooses the best epoch
    criterion: Criterion
    weights: LossWeights
