import json
import sys

import pytest

from voicecoach.errors import InputError


@pytest.fixture
def model(monkeypatch) -> None:
    """A packaged model that loads."""
    monkeypatch.setattr("voicecoach.scoring.scorer.Scorer.from_pretrained", lambda: None)


@pytest.fixture
def checks(run):
    """The checks by name, and the exit code."""

    def checks(*arguments: str):
        result = run("doctor", "--json", *arguments)
        content = json.loads(result.stdout)
        return {check["name"]: check for check in content["checks"]}, content, result.exit_code

    return checks


@pytest.mark.usefixtures("model")
def test_all_is_well(checks, sound_server, sound_backend, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "new" / "data"))
    found, content, exit_code = checks()
    assert exit_code == 0
    assert content["usable"] and content["can_record"] and content["can_play"]
    assert {check["status"] for check in found.values()} == {"ok"}
    assert found["Python"]["found"] == ".".join(map(str, sys.version_info[:3]))
    assert "GB free" in found["data folder"]["found"]
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("model")
def test_loopback(checks, sound_server, monkeypatch) -> None:
    found, _, exit_code = checks("--loopback")
    assert exit_code == 0
    assert found["loop-back"]["status"] == "warn"
    assert "does not hear" in found["loop-back"]["found"]
    monkeypatch.setenv("PULSE_SOURCE", "loudspeaker.monitor")
    found, _, _ = checks("--loopback")
    assert found["loop-back"]["status"] == "ok"
    assert found["loop-back"]["found"].startswith("correlation 1.00, latency ")


@pytest.mark.usefixtures("model", "no_sound")
def test_files_can_be_scored_without_sound(run, checks) -> None:
    found, content, exit_code = checks("--loopback")
    assert exit_code == 0
    assert content["usable"]
    assert not content["can_record"] and not content["can_play"]
    for name in ("PortAudio", "microphone", "loudspeaker", "loop-back"):
        assert found[name]["status"] == "warn"
        assert "libportaudio2" in found[name]["found"]
    result = run("doctor")
    assert result.exit_code == 0
    assert result.stdout.endswith("Works: scoring files.\nDoes not work: recording, playing.\n")


@pytest.mark.parametrize(
    "error", [InputError("config.yaml: head_width: Field required."), OSError("libgomp is gone")]
)
def test_a_model_that_does_not_load(run, checks, monkeypatch, error) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("voicecoach.scoring.scorer.Scorer.from_pretrained", fail)
    found, content, exit_code = checks()
    assert exit_code == 2
    assert not content["usable"]
    assert found["model"]["status"] == "fail"
    assert str(error) in found["model"]["found"]
    result = run("doctor")
    assert result.exit_code == 2
    assert "\nfail  model: " in result.stdout
    assert "Does not work: scoring files" in result.stdout


@pytest.mark.usefixtures("model")
def test_a_package_that_does_not_load(checks, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "soundfile", None)
    found, _, exit_code = checks()
    assert exit_code == 2
    assert found["soundfile"]["status"] == "fail"
    assert "pip install" in found["soundfile"]["advice"]


@pytest.mark.usefixtures("model")
def test_a_data_folder_that_cannot_be_written(checks, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("VOICECOACH_DATA", str(tmp_path / "file" / "data"))
    found, _, exit_code = checks()
    assert exit_code == 0
    assert found["data folder"]["status"] == "warn"
    assert "VOICECOACH_DATA" in found["data folder"]["advice"]
