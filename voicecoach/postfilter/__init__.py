"""Postfilters: made speech in, natural detail out."""
