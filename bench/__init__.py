"""Speed as ratios against an honest baseline in the same run.

A bench is a module here with ``run() -> dict``: figures by name; a list of dicts is shown as a table of its own. The
first line of its docstring is its title.
"""
