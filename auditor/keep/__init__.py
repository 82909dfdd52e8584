"""The archive: one SQLite file with articles, audits, decisions and the trail."""
