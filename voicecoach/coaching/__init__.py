"""Deep feedback on speech: what to change in each sound, in pictures, in words and as sound."""
