"""One network, two answers: a trunk of named stages below a parts head and a class head."""

from collections.abc import Mapping

from torch import Tensor, nn

from voicecoach.errors import InputError

INPUT = "input"
"""The layer below the first stage: what the network is given."""
HEADS = ("parts", "classes")


class MultitaskNetwork(nn.Module):
    """Recognises parts (regression) and a class at once, from what both heads share.

    It is made of modules and knows no sizes: stages may be convolutions over (batch, channels,
    height, width) or layers over frames (batch, n_frames, width). What a head needs (pooling, one
    answer per frame) is the head's own affair.

    Args:
        stages: the shared trunk in order, by name; the last one is the split of the heads.
        parts: head that measures parts, (batch, ...).
        classes: head that names the class, logits (batch, ..., n_classes), or scores.

    Whatever follows the inputs (lengths, segments) is handed as it is to every stage and head.
    """

    def __init__(
        self, stages: Mapping[str, nn.Module], parts: nn.Module, classes: nn.Module
    ) -> None:
        super().__init__()
        taken = [name for name in stages if name in (INPUT, *HEADS)]
        if taken:
            raise ValueError(f"a stage cannot be called {taken[0]!r}: that name is taken")
        self.stages = nn.ModuleDict(stages)
        self.parts = parts
        self.classes = classes

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers at or below the split, from the input upwards."""
        return (INPUT, *self.stages)

    def forward(self, inputs: Tensor, *context: Tensor) -> tuple[Tensor, Tensor]:
        """What the parts head and the class head say of ``inputs`` (batch, ...)."""
        return self.run_from(INPUT, inputs, *context)

    def run_to(self, layer: str, inputs: Tensor, *context: Tensor) -> Tensor:
        """The feature map of ``layer``, (batch, ...). Raises ``InputError`` as ``check``."""
        return self._run(inputs, context, self.layers[1 : self._place(layer) + 1])

    def run_from(self, layer: str, features: Tensor, *context: Tensor) -> tuple[Tensor, Tensor]:
        """Parts and classes, given the feature map of ``layer``; nothing below it is run. Raises
        ``InputError`` where ``layer`` is not one of ``layers``."""
        shared = self._run(features, context, self.layers[self._place(layer) + 1 :])
        return self.parts(shared, *context), self.classes(shared, *context)

    def _run(self, x: Tensor, context: tuple[Tensor, ...], names: tuple[str, ...]) -> Tensor:
        for name in names:
            x = self.stages[name](x, *context)
        return x

    def _place(self, layer: str) -> int:
        if layer in self.layers:
            return self.layers.index(layer)
        problem = (
            f'The layer "{layer}" lies above the split of the heads'
            if layer.split(".")[0] in HEADS
            else f'The network has no layer "{layer}"'
        )
        raise InputError(f"{problem}: name one of {', '.join(self.layers)}.")
