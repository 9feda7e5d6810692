"""MentorNet (Jiang et al.; ICML 2018)."""

from . import mentor_net
