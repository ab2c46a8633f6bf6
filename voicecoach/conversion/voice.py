"""The reference voice, heard in the voice of somebody who was enrolled."""

from voicecoach.conversion.converter import Converter
from voicecoach.conversion.profile import Profile
from voicecoach.synthesis.voice import Speech
from voicecoach.text.sentence import Sentence


class PersonalVoice:
    """Speaks as the reference voice does, in the voice of a profile.

    Args:
        profile: whose voice.
        converter: from the reference voice to it.

    Raises:
        InputError: the profile holds too little speech, or is damaged.
    """

    def __init__(self, profile: Profile, converter: Converter) -> None:
        self.sample_rate = converter.sample_rate
        self._voiceprint = profile.voiceprint(converter)
        self._converter = converter

    def speak(self, sentence: str | Sentence, rate: float = 1.0, seed: int = 0) -> Speech:
        """As ``ReferenceVoice.speak``, at 16 kHz; ``rate`` 1 is the person's own pace."""
        return self._converter.speak(sentence, self._voiceprint, rate, seed)
