"""Voice conversion: what a reference voice says, in the voice of a learner."""
