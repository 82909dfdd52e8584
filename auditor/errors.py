"""What can go wrong outside the program, as one tree.

AuditorError                 a sentence for the user: what, where, what to do
├── RuleError                a rule, lexicon, checklist or law file is wrong: has ``path`` and ``line``
├── ReadError                a file or text cannot be read
├── FetchError               an address could not be fetched; ``reason`` is a short code for logs
├── StoreError               the database is locked, full, foreign or damaged
└── SettingsError            a setting is unknown or has the wrong type

Programming errors are never caught. The command line prints ``str(error)`` and exits with 2.
"""


class AuditorError(Exception):
    """A failure that one clear sentence explains to the user."""


class RuleError(AuditorError):
    """A data file under rules/ is wrong; the sentence begins with the file and line."""

    def __init__(self, path: object, line: int | None, sentence: str) -> None:
        self.path, self.line, self.sentence = str(path), line, sentence
        super().__init__(f"{path}:{line}: {sentence}" if line else f"{path}: {sentence}")


class ReadError(AuditorError):
    """A file or text cannot be read as a document."""


class FetchError(AuditorError):
    """An address could not be fetched; *reason* is a short code such as ``refused`` or ``too_large``."""

    def __init__(self, reason: str, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class StoreError(AuditorError):
    """The database cannot be used: locked, full, foreign, damaged or out of date."""


class SettingsError(AuditorError):
    """A setting is unknown or has the wrong type."""
