import numpy as np
import pytest

from voicecoach.practice.playback import play


@pytest.mark.usefixtures("no_sound")
def test_without_a_loudspeaker_it_says_what_to_install() -> None:
    reason = play(np.zeros(160, dtype=np.float32), 16_000)
    assert reason is not None
    assert reason.startswith("there is no working loudspeaker")
    assert "libportaudio2" in reason
    assert not reason.endswith(".")


def test_with_a_loudspeaker_the_sound_comes_out_of_it(sound_server, melody, likeness) -> None:
    with sound_server.listening() as heard:
        assert play(melody, 16_000) is None
        assert likeness(melody, heard()) > 0.99
