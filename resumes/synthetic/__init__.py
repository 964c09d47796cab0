"""Synthetic Russian résumés: invented people with invented employers, plainly marked as such.

Their ``external_id`` starts with ``synthetic-`` and they are stored with ``synthetic = true``.
"""

from resumes.synthetic.generator import generate_profiles
from resumes.synthetic.vocabulary import VocabularyName, professions

__all__ = ["VocabularyName", "generate_profiles", "professions"]
