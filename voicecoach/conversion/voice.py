"""The reference voice, heard in the voice of somebody who was enrolled."""

from voicecoach.audio import io
from voicecoach.audio.level import as_loud_as
from voicecoach.conversion.converter import Converter
from voicecoach.conversion.profile import Profile
from voicecoach.synthesis.reference import ReferenceVoice
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
        self._reference = ReferenceVoice()

    def speak(self, sentence: str | Sentence, rate: float = 1.0, seed: int = 0) -> Speech:
        """As ``ReferenceVoice.speak``, at 16 kHz; ``rate`` 1 is the person's own pace.

        A native's rhythm stays: all of it is made slower alike.
        """
        spoken = self._reference.speak(sentence, rate, seed)
        waveform = io.resample(spoken.waveform, spoken.sample_rate, self.sample_rate)
        own = self._converter.personalise(waveform, self._voiceprint, seed)
        stretch = self._converter.stretch(self._voiceprint)
        words, phones = (
            tuple((label, stretch * start, stretch * end) for label, start, end in spans)
            for spans in (spoken.words, spoken.phones)
        )
        # How loud somebody recorded is no part of a voice.
        own = as_loud_as(own, waveform, self.sample_rate)
        return Speech(own, self.sample_rate, words, phones)
