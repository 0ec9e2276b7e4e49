"""Shared by all tests: how Hypothesis runs, and how a document is cleaned through the command line."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("jiaokan", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("jiaokan")
