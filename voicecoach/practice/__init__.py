"""What a learner does with the scorer: the demonstration, playback, and advice in sentences."""
