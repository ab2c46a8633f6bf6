"""Faces: thin users of ``voicecoach.core``. Nothing here knows of sound."""
