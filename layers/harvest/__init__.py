"""Fetching features from services politely, and proving that none is missing.

A source either gives all its features or refuses with a code that names the cause; there is
nothing in between. `visit.Visit` is what a source works with, `proof` decides at its end.
"""
