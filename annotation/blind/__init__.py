"""Blind evaluation: people compare a text of either of two models without knowing which is whose.

``label_config.xml`` is the page. ``service`` opens and closes an evaluation, ``push`` brings its tasks into a project
of its own, ``sync`` fetches the votes, ``report`` counts them. Texts come from outside: this package knows no sampler.
"""
