"""What a training leaves: a network, its scales, and how phones are usually said."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicecoach import config
from voicecoach.coaching.network import CoachSpec, Scales, build
from voicecoach.coaching.norms import Norms
from voicecoach.core.multitask import MultitaskNetwork
from voicecoach.errors import InputError
from voicecoach.training import checkpoint


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained coach; ``config`` are the plain values of its checkpoint."""

    network: MultitaskNetwork
    scales: Scales
    norms: Norms
    config: dict[str, Any]

    @classmethod
    def load(cls, folder: Path) -> "Trained":
        """Opens a checkpoint. Raises ``InputError`` if it is none, damaged, or no coach."""
        loaded = checkpoint.load(folder)
        if "coach" not in loaded.config:
            raise InputError(f"{folder} is no coach: config.yaml lacks coach.")
        network = build(config.parse(loaded.config["coach"], CoachSpec, folder / "config.yaml"))
        checkpoint.load_weights(network, loaded.tensors, folder)
        try:
            scales = Scales(**{name: loaded.statistics[name] for name in Scales.__annotations__})
            norms = Norms.from_tensors(loaded.statistics)
        except KeyError as error:
            raise InputError(f"{folder} is damaged: its statistics lack {error}.") from error
        return cls(network.eval(), scales, norms, loaded.config)
