"""The tables of the archive, one migration after another; nobody else creates tables.

Evidence is append-only from the first migration on: triggers refuse to change or delete a row of the trail, a
decision or a version of an article. The insert guards close the door that INSERT OR REPLACE would leave open on a
connection without recursive triggers. A mark in the file's header (application_id) tells an archive from other files.
"""

from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x41554454  # "AUDT"

migrations = Migrations("auditor")

_REGISTER = """
CREATE TABLE outlets (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    counted INTEGER NOT NULL,               -- 1: belongs to the denominator of the adoption targets
    valid_from TEXT, valid_to TEXT,         -- dates; valid_to is the first day after
    verified INTEGER NOT NULL,
    source TEXT,
    more TEXT NOT NULL,                     -- JSON: further keys of the register, kept for the export
    changed TEXT NOT NULL
) STRICT;
CREATE TABLE outlet_successions (
    predecessor TEXT NOT NULL REFERENCES outlets(id),
    successor TEXT NOT NULL REFERENCES outlets(id),
    date TEXT,                              -- the first day of the successor
    PRIMARY KEY (predecessor, successor)
) STRICT;
CREATE TABLE feeds (
    id INTEGER PRIMARY KEY,
    outlet TEXT NOT NULL REFERENCES outlets(id),
    kind TEXT NOT NULL CHECK (kind IN ('feed', 'sitemap', 'listing')),
    url TEXT NOT NULL,
    etag TEXT, modified TEXT,
    last_checked TEXT, last_success TEXT, not_before TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    UNIQUE (outlet, kind, url)
) STRICT;
CREATE TABLE adoption (
    id INTEGER PRIMARY KEY,
    outlet TEXT NOT NULL REFERENCES outlets(id),
    status TEXT NOT NULL CHECK (status IN ('none', 'pilot', 'official')),
    since TEXT NOT NULL,
    note TEXT NOT NULL,                     -- the evidence: number and date of the document
    recorded_by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX adoption_outlet ON adoption (outlet, since);
CREATE TABLE indicator_wording (
    id INTEGER PRIMARY KEY,
    indicator TEXT NOT NULL,
    wording TEXT NOT NULL,
    source TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
"""

_ARTICLES = """
CREATE TABLE articles (
    key INTEGER PRIMARY KEY,                -- the row of articles_fts
    id TEXT NOT NULL UNIQUE,
    url TEXT,
    canonical_url TEXT UNIQUE,
    outlet TEXT REFERENCES outlets(id),
    kind TEXT NOT NULL,
    title TEXT,
    byline TEXT,
    published TEXT,                         -- as the page says
    day TEXT NOT NULL,                      -- published, but never after the day it was first fetched
    first_fetched TEXT NOT NULL,
    fetched TEXT NOT NULL,                  -- when the current version was fetched
    last_seen TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('read', 'unread', 'gone')),
    reason TEXT,
    unread_since TEXT,                      -- was read once and cannot be read any more
    gone_since TEXT,
    verdict TEXT,                           -- NULL: not judged yet
    open INTEGER NOT NULL DEFAULT 0,        -- counted findings without a decision
    done INTEGER NOT NULL DEFAULT 0,        -- counted findings with one
    strongest INTEGER                       -- rank of the strongest counted finding, 0 = legal
) STRICT;
CREATE INDEX articles_day ON articles (day, key);
CREATE INDEX articles_outlet ON articles (outlet, day, key);
CREATE INDEX articles_verdict ON articles (verdict, day, key);
CREATE INDEX articles_queue ON articles (strongest, day DESC, key DESC) WHERE open > 0;
CREATE INDEX articles_flagged ON articles (strongest, day DESC, key DESC) WHERE strongest IS NOT NULL;
CREATE TABLE versions (
    article TEXT NOT NULL REFERENCES articles(id),
    version INTEGER NOT NULL,
    title TEXT, text TEXT NOT NULL,
    captions TEXT NOT NULL,                 -- JSON list
    byline TEXT, published TEXT, status TEXT NOT NULL, reason TEXT,
    fetched TEXT NOT NULL,
    payload_sha256 TEXT,                    -- of the bytes as received
    text_sha256 TEXT NOT NULL,              -- of title, line feed, text in UTF-8
    PRIMARY KEY (article, version)
) STRICT;
CREATE TABLE audits (
    article TEXT NOT NULL,
    version INTEGER NOT NULL,
    rules_digest TEXT NOT NULL, model_digest TEXT, engine_version TEXT NOT NULL,
    verdict TEXT NOT NULL,
    audit TEXT NOT NULL,                    -- JSON, the Audit of the contract
    made TEXT NOT NULL,
    PRIMARY KEY (article, version),
    FOREIGN KEY (article, version) REFERENCES versions(article, version)
) STRICT;
CREATE TABLE findings (
    id TEXT NOT NULL,
    article TEXT NOT NULL,
    version INTEGER NOT NULL,
    rule TEXT, category TEXT NOT NULL, indicator TEXT NOT NULL, severity TEXT NOT NULL,
    field TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL,
    stance TEXT NOT NULL, counted INTEGER NOT NULL, needs_reviewer INTEGER NOT NULL,
    confidence REAL NOT NULL, origin TEXT NOT NULL,
    message TEXT NOT NULL, explanation TEXT NOT NULL,
    suggestions TEXT NOT NULL, legal TEXT NOT NULL,     -- JSON lists
    subject TEXT NOT NULL, speaker INTEGER,
    decision TEXT,                          -- the latest decision on this passage
    withdrawn TEXT,                         -- decided on, then no longer found by newer rules
    PRIMARY KEY (article, version, id),
    FOREIGN KEY (article, version) REFERENCES versions(article, version)
) STRICT;
CREATE INDEX findings_id ON findings (id);
CREATE TABLE people (
    article TEXT NOT NULL,
    version INTEGER NOT NULL,
    person INTEGER NOT NULL,
    name TEXT NOT NULL, gender TEXT NOT NULL, source TEXT NOT NULL, role TEXT NOT NULL,
    occupation INTEGER NOT NULL, family_role INTEGER NOT NULL, quoted_syllables INTEGER NOT NULL,
    PRIMARY KEY (article, version, person),
    FOREIGN KEY (article, version) REFERENCES versions(article, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE quotes (
    article TEXT NOT NULL,
    version INTEGER NOT NULL,
    field TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    kind TEXT NOT NULL, speaker INTEGER,
    FOREIGN KEY (article, version) REFERENCES versions(article, version)
) STRICT;
CREATE INDEX quotes_article ON quotes (article, version);
CREATE VIRTUAL TABLE articles_fts USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 0');
"""

_ACCOUNTS = """
CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('reviewer', 'head', 'editor', 'official', 'admin')),
    outlet TEXT REFERENCES outlets(id),
    password_hash TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    created TEXT NOT NULL
) STRICT;
CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users(name),
    created TEXT NOT NULL
) STRICT;
CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users(name),
    data TEXT NOT NULL,                     -- JSON
    created TEXT NOT NULL,
    expires TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user);
"""

_EVIDENCE = """
CREATE TABLE trail (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,                   -- canonical JSON
    previous TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX trail_subject ON trail (subject);
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    finding TEXT NOT NULL,
    article TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,                     -- what was decided on, whatever later rules find
    category TEXT NOT NULL, rule TEXT, severity TEXT NOT NULL,
    reviewer TEXT NOT NULL REFERENCES users(name),
    verdict TEXT NOT NULL CHECK (verdict IN ('confirm', 'dismiss')),
    note TEXT NOT NULL,
    made TEXT NOT NULL,
    trail_seq INTEGER NOT NULL UNIQUE REFERENCES trail(seq),
    FOREIGN KEY (article, version) REFERENCES versions(article, version)
) STRICT;
CREATE INDEX decisions_finding ON decisions (finding);
CREATE INDEX decisions_article ON decisions (article);
CREATE TRIGGER trail_next BEFORE INSERT ON trail WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM trail)
    BEGIN SELECT raise(ABORT, 'the trail takes the next number only'); END;
CREATE TRIGGER decisions_new BEFORE INSERT ON decisions WHEN EXISTS (SELECT 1 FROM decisions WHERE id = new.id OR trail_seq = new.trail_seq)
    BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER versions_new BEFORE INSERT ON versions
    WHEN EXISTS (SELECT 1 FROM versions WHERE article = new.article AND version = new.version)
    BEGIN SELECT raise(ABORT, 'versions are append-only'); END;
"""


def _append_only(table: str) -> str:
    return "".join(
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} BEGIN SELECT raise(ABORT, '{table} is append-only'); END;\n"
        for deed in ("UPDATE", "DELETE")
    )


@migrations()
def m001_first(db: Database) -> None:
    """Create the tables of the first release."""
    db.executescript(_REGISTER + _ARTICLES + _ACCOUNTS + _EVIDENCE)
    db.executescript("".join(map(_append_only, ("trail", "decisions", "versions", "adoption", "indicator_wording"))))
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
