import json

import pytest
import torch

from voicecoach.errors import InputError
from voicecoach.metrics.scoring import score_metrics
from voicecoach.scoring.model import ScorerModel
from voicecoach.scoring.packing import pack_scorer
from voicecoach.scoring.scorer import Scorer
from voicecoach.training import checkpoint


@pytest.fixture
def trained(tiny_spec, tmp_path):
    torch.manual_seed(0)
    audio = {
        "sample_rate": 16000,
        "n_fft": 400,
        "win_length": 400,
        "hop_length": 160,
        "n_mels": 80,
        "fmin": 0.0,
        "fmax": 8000.0,
    }
    config = {
        "audio": audio,
        "model": tiny_spec.model_dump(),
    }
    folder = tmp_path / "trained"
    checkpoint.save_folder(folder, config, ScorerModel(tiny_spec, 80).state_dict())
    return folder


def test_packing_freezes_the_decisions_and_keeps_the_weights(trained, records, tmp_path):
    measured = tmp_path / "metrics.json"
    metrics = score_metrics(records, n_draws=0)
    metrics["detection"]["at_precision"]["threshold"] = 0.81234
    measured.write_text(json.dumps(metrics))
    size_mb = pack_scorer(trained, tmp_path / "packed", measured, "# Card\n", commit="abc123")
    assert 0 < size_mb < 1
    packed = Scorer.from_pretrained(tmp_path / "packed")
    assert packed.decision.flag_below == 0.8123
    assert "flag_below" in (tmp_path / "packed" / "config.yaml").read_text()
    before = checkpoint.load(trained).tensors
    for name, after in packed.model.state_dict().items():
        torch.testing.assert_close(after, before[name], atol=0.01, rtol=0.01)
    card = (tmp_path / "packed" / "MODEL_CARD.md").read_text()
    assert card.startswith("# Card\n")
    assert "abc123" in card
    assert "| phone PCC |" in card


@pytest.mark.parametrize("content", ["{}", '{"detection": {"at_precision": {"threshold": null}}}'])
def test_metrics_without_a_threshold_are_refused(trained, tmp_path, content):
    (tmp_path / "metrics.json").write_text(content)
    with pytest.raises(InputError, match="threshold"):
        pack_scorer(trained, tmp_path / "packed", tmp_path / "metrics.json", "")
    assert not (tmp_path / "packed").exists()
