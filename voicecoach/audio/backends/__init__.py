"""The three ways to a microphone and a loudspeaker: PortAudio, PulseAudio and ALSA."""
