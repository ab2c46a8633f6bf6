"""A real learner enrols, and hears the reference voice in his or her own."""

from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pytest

from voicecoach.audio import io
from voicecoach.conversion import voices
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.converting import Conversion
from voicecoach.conversion.enrolment import Enrolment
from voicecoach.conversion.profile import Consent, Profile
from voicecoach.conversion.voiceprint import Voiceprint
from voicecoach.data.tables import read_table
from voicecoach.scoring.scorer import Scorer

SPEAKER = "0005"
CONSENT = Consent(who="li", when=datetime.now(timezone.utc), agreed="CC BY 4.0", how="test")
TEXT = (
    "We saw the red roof near the river, and my brother was there with all of our friends. "
    "Every morning I read the news, and then I walk to the station. The weather is lovely. "
    "My neighbors are moving to a larger house, and we are going to help them all day."
)


@pytest.fixture(scope="module")
def takes(shared_data: Path) -> dict[Path, str]:
    """Recordings of one learner, and what is read in them."""
    corpus = shared_data / "speechocean762"
    files, texts, speakers = (
        read_table(corpus / "train" / name) for name in ("wav.scp", "text", "utt2spk")
    )
    own = [name for name in files if speakers[name] == SPEAKER]
    return {corpus / files[name]: texts[name] for name in own}


def distance(own: Voiceprint, other: Voiceprint) -> float:
    """Between mean voiced spectra of loud frames (without level) and pitches, in deviations of the
    first."""
    own, other = own.loud, other.loud
    spectra = (own.mean - other.mean)[1, 1:] / own.deviation[1, 1:]
    pitch = (own.log_f0[0] - other.log_f0[0]) / own.log_f0[1]
    return float(np.sqrt(np.mean(np.append(spectra, pitch) ** 2)))


def test_examples_are_nearer_to_the_learner_than_to_the_reference_voice(
    takes, tmp_path: Path
) -> None:
    enrolment = Enrolment(Profile.create("li", CONSENT), Scorer.from_pretrained)
    for path in list(takes)[:12]:
        assert enrolment.add_file(path, takes[path]).clip is not None
    assert enrolment.profile.speech_s > 20
    others = list(takes)[12:20]  # not enrolled
    converter = Converter.from_pretrained()
    own = converter.voiceprint([(io.load(path, 16000), takes[path]) for path in others])
    made = converter.voiceprint([(voices.load("li").speak(TEXT).waveform, TEXT)])
    assert distance(own, made) < 0.5 * distance(own, converter.reference)
    assert distance(own, made) < distance(converter.reference, made)
    out = tmp_path / "native.wav"
    assert Conversion.open("native", "li").convert_file(others[0], out, takes[others[0]])[1] == "li"
    assert "synthetic voice of li" in io.read_comment(out)
