"""Profiles of hypothesis for every test: no deadlines, random, and a blob to repeat a failure with."""

from hypothesis import settings

from strategies import PROFILE

settings.load_profile(PROFILE)
