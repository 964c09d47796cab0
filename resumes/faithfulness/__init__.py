"""Faithfulness: every statement of a Russian «О себе» that its résumé does not support.

The same check serves the sampler, the evaluation and the API. Self-praise and wishes are no facts.
"""

from resumes.faithfulness.checker import Checker, check
from resumes.violations import KINDS, Violation

__all__ = ["KINDS", "Checker", "Violation", "check"]
