import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner, Result

from voicecoach.cli.enhance import enhance
from voicecoach.errors import InputError
from voicecoach.synthesis import voices

app = typer.Typer()
app.command()(enhance)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def dull(tmp_path_factory):
    """A recording at another sample rate than the voice's."""
    speech = voices.load("kathleen", "none").speak("See the red ship.")
    path = tmp_path_factory.mktemp("dull") / "dull.wav"
    soundfile.write(path, speech.waveform[::3], 8000)
    return path


def test_writes_a_livelier_recording(dull, tmp_path) -> None:
    sounds = {}
    for name in ("auto", "parametric", "gv", "none"):
        out = tmp_path / f"{name}.wav"
        result = run(dull, "-o", out, "--postfilter", name)
        assert result.exit_code == 0, result.output
        assert result.stdout == ""
        assert f"{name}.wav" in result.stderr
        sounds[name], sample_rate = soundfile.read(out)
        assert sample_rate == 24000
        assert len(sounds[name]) == 3 * soundfile.info(dull).frames
    level = {name: np.sqrt(np.mean(sound**2)) for name, sound in sounds.items()}
    assert 0.5 < level["auto"] / level["none"] < 2.0
    assert np.abs(sounds["auto"] - sounds["none"]).max() > 0.01
    assert np.abs(sounds["auto"] - sounds["parametric"]).max() > 0.001
    run(dull, "-o", tmp_path / "again.wav")
    assert np.array_equal(soundfile.read(tmp_path / "again.wav")[0], sounds["auto"])


def test_bad_input_writes_nothing(dull, tmp_path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    for arguments, message in [
        ([tmp_path / "missing.wav"], "missing.wav"),
        ([tmp_path / "text.wav"], "text.wav"),
        ([dull, "--voice", "nobody"], "nobody"),
        ([dull, "--postfilter", "magic"], "magic"),
    ]:
        result = run(*arguments, "-o", tmp_path / "out.wav")
        assert isinstance(result.exception, InputError)
        assert message in str(result.exception)
    assert run(dull, "-o", tmp_path / "out.wav", "--voice", "reference").exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["text.wav"]


def test_help_shows_examples() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "voicecoach enhance" in result.stdout
