"""The audit inside spaCy: a syllable tokenizer, the component ``gender_audit``, a view and a scorer.

>>> from auditor import language
>>> nlp = language.blank()
>>> _ = nlp.add_pipe("gender_audit")
>>> nlp("Hội nghị diễn ra sáng 3/11 tại phường Minh Xuân.")._.audit.verdict
'clear'

Only those who want spaCy import this package: checks, batches and web pages never do, for loading it takes a second and 80 MB.
"""

from auditor.language.display import view
from auditor.language.pipeline import SyllableTokenizer, blank, make_gender_audit, make_syllable_tokenizer
from auditor.language.scorer import make_findings_scorer, score

__all__ = ["SyllableTokenizer", "blank", "make_findings_scorer", "make_gender_audit", "make_syllable_tokenizer", "score", "view"]
