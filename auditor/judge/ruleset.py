"""Rules as data: every rule file, the masks and the stance cues, checked and compiled into two matchers (triggers, contexts).

A fault in any file is a RuleError with file and line; nothing loads half.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from auditor import model, resources, text
from auditor.errors import RuleError
from auditor.judge import checklist
from auditor.judge.candidate import Document, candidates
from auditor.judge.matcher import Matcher
from auditor.judge.pattern import PatternError, either, parse, phrases
from auditor.read import datafile

Patterns = Annotated[tuple[str, ...], Field(min_length=1)]
MARK = re.compile(r"\[\[(.+?)\]\]")
_NOT_RULES = {"lexicon", "outlets", "sites"}


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Context(_Data):
    """Patterns that must, or must not, stand in the same sentence, in it or a neighbour (*near*), or anywhere in the document."""

    sentence: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    document: tuple[str, ...] = ()

    def scopes(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (scope, patterns) for each scope that names any."""
        for scope in ("sentence", "near", "document"):
            patterns: tuple[str, ...] = getattr(self, scope)
            if patterns:
                yield scope, patterns

    @cached_property
    def expressions(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """(scope, one expression for its patterns) of each scope; they are looked for only around candidates."""
        return tuple((scope, either(patterns)) for scope, patterns in self.scopes())


class Examples(_Data):
    """Sentences that prove a rule both ways; in a *hit* the passage expected stands in ``[[…]]``."""

    hit: Patterns
    miss: Patterns

    @model_validator(mode="after")
    def _both_ways(self) -> Self:
        for example in self.hit:
            if len(MARK.findall(example)) != 1:
                raise ValueError(f"mỗi ví dụ hit phải có đúng một đoạn [[…]]: “{example[:60]}”")
        if any(MARK.search(example) for example in self.miss):
            raise ValueError("ví dụ miss không được có đoạn [[…]]")
        if len(self.miss) < len(self.hit):
            raise ValueError(f"có {len(self.hit)} ví dụ hit nhưng chỉ có {len(self.miss)} ví dụ miss; cần ít nhất bằng nhau")
        return self


class Rule(_Data):
    """One reason for raising a passage, with its proof."""

    id: str
    category: str
    indicator: str
    severity: model.Severity
    message: Annotated[str, Field(min_length=10)]
    suggestions: Patterns
    legal: tuple[str, ...]
    source: Annotated[str, Field(min_length=3)]
    patterns: Patterns
    kinds: tuple[model.Kind, ...] = ()
    fields: tuple[model.Field, ...] = ("title", "text")
    needs: Context = Context()
    unless: Context = Context()
    needs_reviewer: bool = False
    subject: model.Subject = "outlet"
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.8
    names_act: bool = False
    examples: Examples

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.category not in model.CATEGORIES:
            raise ValueError(f"nhóm “{self.category}” không có trong danh mục")
        if self.id.partition("/")[0] != self.category:
            raise ValueError(f"nhóm “{self.category}” không trùng thư mục của tệp")
        return self

    def applies(self, kind: model.Kind) -> bool:
        """Tell whether this rule judges documents of *kind*; rules for conventions judge nothing else."""
        return kind in self.kinds if self.kinds else kind != "convention"


class Mask(_Data):
    """An official or neutral name; what lies inside it is never a candidate."""

    text: str
    why: str


class Cue(_Data):
    """Words that tell how a passage is meant; see stance.py for what each group does."""

    patterns: Patterns
    why: str


class RuleSet:
    """All rules with two matchers: one over what rules look for, one over the context that decides about it.

    Most texts hold no candidate, so the context is scanned only where one was found.
    """

    def __init__(self, rules: Sequence[Rule], masks: Sequence[Mask], cues: Mapping[str, Cue], digest: str, engine: str = "fastest") -> None:
        self.rules = tuple(rules)
        self.by_id = {rule.id: rule for rule in rules}
        self.digest = digest
        self._engine = engine
        self._triggers: dict[str, int] = {}
        self._contexts: dict[str, int] = {}
        self.rules_of: dict[int, list[Rule]] = defaultdict(list)
        for rule in rules:
            for source in rule.patterns:
                self.rules_of[_number(self._triggers, source)].append(rule)
        self.masks = tuple(_number(self._contexts, mask.text) for mask in masks)
        self.cues = {name: tuple(_number(self._contexts, source) for source in cue.patterns) for name, cue in cues.items()}

    @cached_property
    def triggers(self) -> Matcher:
        """The matcher over every pattern that a rule looks for; its indices are the keys of ``rules_of``."""
        return Matcher([parse(source) for source in self._triggers], self._engine)

    @cached_property
    def contexts(self) -> Matcher:
        """The matcher over masks and cues."""
        return Matcher([parse(source) for source in self._contexts], self._engine)


def _number(index: dict[str, int], source: str) -> int:
    """Return the number of a pattern, which it is given when first seen."""
    return index.setdefault(source, len(index))


def load(folder: Path | None = None, engine: Literal["fastest", "python"] = "fastest") -> RuleSet:
    """Return the rule set of *folder* (the project's own when None); raise RuleError with file and line at the first fault."""
    return _load(folder.resolve() if folder else None, engine)


@cache
def _load(folder: Path | None, engine: str) -> RuleSet:
    folder = folder or resources.folder("rules").resolve()
    files = sorted(p for p in folder.glob("*/*.yaml") if p.parent.name not in _NOT_RULES)
    if not files:
        raise RuleError(folder, None, "thư mục không có tệp quy tắc nào (*/*.yaml); hãy kiểm tra đường dẫn")
    rules = [read_rule(path) for path in files]
    common = folder if (folder / "stance.yaml").is_file() else resources.folder("rules")
    masks = _records(common / "masks.yaml", Mask)
    cues = _cues(common / "stance.yaml")
    _refuse_unknown_references(folder, rules)
    _refuse_shared_phrases(folder, rules)
    loaded = RuleSet(rules, masks, cues, digest(folder), engine)
    _refuse_flagged_suggestions(folder, loaded)
    return loaded


def read_rule(path: Path) -> Rule:
    """Return the rule of one file; raise RuleError with its line when something is missing, unknown or malformed."""
    data = datafile.load(path)
    if not isinstance(data, dict):
        raise RuleError(path, 1, "tệp phải là các dòng “khoá: giá trị”; xem mẫu bằng lệnh auditor rules new")
    if "id" in data:
        raise RuleError(path, datafile.line_of(path, ("id",)), "id lấy từ đường dẫn tệp, hãy bỏ khoá “id”")
    try:
        rule = Rule.model_validate({**data, "id": f"{path.parent.name}/{path.stem}"})
    except ValidationError as error:
        raise datafile.problem(path, error) from None
    for keys, sources in _sources(rule):
        for number, source in enumerate(sources):
            try:
                parse(source)
            except PatternError as error:
                raise RuleError(path, datafile.line_of(path, (*keys, number)), str(error)) from None
    return rule


def digest(folder: Path) -> str:
    """Return what names the state of all data that judges: the SHA-256 over rules, masks, cues, checklist, laws, topics and lexicons."""
    sha = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".tsv"} and path.relative_to(folder).parts[0] not in {"outlets", "sites"}:
            sha.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()[:16]


def _sources(rule: Rule) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    yield ("patterns",), rule.patterns
    for name in ("needs", "unless"):
        for scope, patterns in getattr(rule, name).scopes():
            yield (name, scope), patterns


def _records(path: Path, kind: type[Mask]) -> list[Mask]:
    data = datafile.load(path)
    records = []
    for number, item in enumerate(data or []):
        try:
            record = kind.model_validate(item)
            parse(record.text)
        except ValidationError as error:
            raise datafile.problem(path, error, (number,)) from None
        except PatternError as error:
            raise RuleError(path, datafile.line_of(path, (number, "text")), str(error)) from None
        records.append(record)
    return records


def _cues(path: Path) -> dict[str, Cue]:
    data: Any = datafile.load(path)
    cues = {}
    for name, item in data.items():
        try:
            cues[name] = Cue.model_validate(item)
        except ValidationError as error:
            raise datafile.problem(path, error, (name,)) from None
        for number, source in enumerate(cues[name].patterns):
            try:
                parse(source)
            except PatternError as error:
                raise RuleError(path, datafile.line_of(path, (name, "patterns", number)), str(error)) from None
    return cues


def _refuse_unknown_references(folder: Path, rules: Iterable[Rule]) -> None:
    """Raise RuleError when a rule names an indicator or a law that no data file has."""
    indicators, laws = checklist.checklist(), checklist.laws()
    for rule in rules:
        path = folder / f"{rule.id}.yaml"
        if rule.indicator not in indicators:
            raise RuleError(path, datafile.line_of(path, ("indicator",)), f"chỉ số “{rule.indicator}” không có trong rules/checklist.yaml")
        for number, law in enumerate(rule.legal):
            if law not in laws:
                raise RuleError(path, datafile.line_of(path, ("legal", number)), f"văn bản “{law}” không có trong rules/legal.yaml")


def _refuse_shared_phrases(folder: Path, rules: Iterable[Rule]) -> None:
    """Raise RuleError when one phrase stands in two rules that can judge the same passage."""
    owners: dict[str, list[tuple[Rule, int]]] = defaultdict(list)
    for rule in rules:
        for number, source in enumerate(rule.patterns):
            for phrase in phrases(source):
                for other, _ in owners[phrase]:
                    if other.id != rule.id and _meet(rule, other):
                        path = folder / f"{rule.id}.yaml"
                        line = datafile.line_of(path, ("patterns", number))
                        raise RuleError(path, line, f"cụm “{phrase}” đã có trong quy tắc {other.id}; hãy giữ ở một quy tắc")
                owners[phrase].append((rule, number))


def _refuse_flagged_suggestions(folder: Path, rules: RuleSet) -> None:
    """Raise RuleError when a suggestion is itself a candidate of some rule."""
    for rule in rules.rules:
        kind = rule.kinds[0] if rule.kinds else "article"
        for number, suggestion in enumerate(rule.suggestions):
            document = Document(rules, text.body(""), text.body(suggestion), kind)
            other = next((c.rule for c in candidates(rules, document) if c.rule.confidence >= 0.5), None)
            if other:
                path = folder / f"{rule.id}.yaml"
                line = datafile.line_of(path, ("suggestions", number))
                raise RuleError(path, line, f"lời gợi ý “{suggestion}” lại bị quy tắc {other.id} bắt; hãy viết lại lời gợi ý")


def _meet(a: Rule, b: Rule) -> bool:
    """Tell whether two rules can judge the same passage: they share a field and a kind, and neither asks for a context of its own."""
    if a.needs.model_fields_set and b.needs.model_fields_set:
        return False  # each asks for a sense of its own: "trà xanh" of love and of shops
    return bool(set(a.fields) & set(b.fields)) and any(a.applies(kind) and b.applies(kind) for kind in model.KINDS)


def unmark(example: str) -> tuple[str, tuple[int, int] | None, model.Field]:
    """Return an example as (text, place of its ``[[…]]`` or None, field)."""
    field: model.Field = "title" if example.startswith("title:") else "text"
    bare = example.removeprefix("title:").strip()
    match = MARK.search(bare)
    if match is None:
        return bare, None, field
    start = match.start()
    return bare[:start] + match.group(1) + bare[match.end() :], (start, start + len(match.group(1))), field
