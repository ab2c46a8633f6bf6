"""The parts of a picture of feedback: each draws itself into a place on a sheet."""
