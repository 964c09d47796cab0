"""Candidates: engines, decoding, four distinct candidates per résumé."""
