"""The tables of a ledger: those of its first layout, and what made each later one out of the one before."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    started TEXT NOT NULL,              -- UTC, ISO 8601
    finished TEXT,                      -- null: interrupted
    version TEXT NOT NULL,              -- the program version
    arguments TEXT NOT NULL,            -- a JSON object
    structured INTEGER, unchanged INTEGER, failed INTEGER
);
CREATE TABLE attempts (                 -- every report that a run tried, the failed ones too
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),
    file TEXT NOT NULL,                 -- path below the archive
    sha256 TEXT,                        -- of the file; null: it could not be read
    version TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed')),
    reason TEXT,                        -- why it failed, in one line
    traceback TEXT,                     -- of an internal error
    pages INTEGER NOT NULL,
    verified INTEGER NOT NULL, repaired INTEGER NOT NULL,
    grounded INTEGER NOT NULL, disputed INTEGER NOT NULL,
    errors INTEGER NOT NULL,            -- failing checks by severity
    minor INTEGER NOT NULL,
    seconds REAL NOT NULL
);
CREATE INDEX attempts_by_file ON attempts (file, id);
CREATE VIEW files AS                    -- where every report stands now: its latest attempt
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_SECOND = """
ALTER TABLE attempts ADD COLUMN stages TEXT NOT NULL DEFAULT '{}';  -- JSON: seconds by stage
ALTER TABLE attempts ADD COLUMN usage TEXT NOT NULL DEFAULT '{}';   -- JSON: calls, tokens and cost of a model
ALTER TABLE attempts ADD COLUMN same_as TEXT;                       -- the report of this content that was structured
CREATE INDEX attempts_by_content ON attempts (sha256);
CREATE TABLE sources (                  -- every report that a run was given, done or not
    file TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),   -- the latest that was given it
    path TEXT NOT NULL,                 -- or a URL; a blob where it is no UTF-8
    member TEXT,                        -- within the zip archive at path
    bytes INTEGER NOT NULL
);
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_THIRD = """
ALTER TABLE attempts ADD COLUMN unread TEXT NOT NULL DEFAULT '[]';  -- JSON: the pages that could not be read
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_FOURTH = """
ALTER TABLE attempts ADD COLUMN reports INTEGER NOT NULL DEFAULT 1;  -- how many the file holds: each has its result
DROP VIEW files;
CREATE VIEW files AS
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
"""
_FIFTH = """
CREATE TABLE attempts_now (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs(id),
    file TEXT NOT NULL,
    sha256 TEXT,                        -- of the file; null: it could not be read
    version TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed', 'unreachable')),
    reason TEXT, traceback TEXT,
    pages INTEGER NOT NULL,
    verified INTEGER NOT NULL, repaired INTEGER NOT NULL,
    grounded INTEGER NOT NULL, disputed INTEGER NOT NULL,
    errors INTEGER NOT NULL, minor INTEGER NOT NULL,
    seconds REAL NOT NULL, stages TEXT NOT NULL, usage TEXT NOT NULL, same_as TEXT, unread TEXT NOT NULL,
    reports INTEGER NOT NULL,
    open TEXT NOT NULL DEFAULT '[]',    -- JSON: the parts that a model was to answer, and did not
    hashes TEXT NOT NULL DEFAULT '[]',  -- JSON: the SHA-256 of each result file, in the order of the reports
    aside TEXT NOT NULL DEFAULT '[]'    -- JSON: results that somebody had changed, by the names of the files kept
);
INSERT INTO attempts_now SELECT id, run, file, sha256, version, status, reason, traceback, pages, verified, repaired,
    grounded, disputed, errors, minor, seconds, stages, usage, same_as, unread, reports, '[]', '[]', '[]' FROM attempts;
DROP VIEW files;
DROP TABLE attempts;
ALTER TABLE attempts_now RENAME TO attempts;
CREATE INDEX attempts_by_file ON attempts (file, id);
CREATE INDEX attempts_by_content ON attempts (sha256);
CREATE TABLE found (                    -- every file that the latest run which looked for files found
    file TEXT NOT NULL,                 -- a report's path below the archive, the whole path of another file
    fate TEXT,                          -- null: it is a report, and its latest attempt says what became of it
    reason TEXT NOT NULL,
    files INTEGER NOT NULL              -- how many: of page images that are one report; 0 where nobody can say
);
CREATE VIEW files AS                    -- where every report stands now: its latest attempt
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts GROUP BY file);
CREATE VIEW read AS                     -- the latest attempt that read it: whose result, or failure, is there
    SELECT * FROM attempts WHERE id IN
        (SELECT max(id) FROM attempts WHERE status <> 'unreachable' GROUP BY file);
CREATE VIEW results AS                  -- the latest attempt that wrote results, which may stand still
    SELECT * FROM attempts WHERE id IN (SELECT max(id) FROM attempts WHERE status = 'ok' GROUP BY file);
"""
CHANGES = (SCHEMA, _SECOND, _THIRD, _FOURTH, _FIFTH)
"""What makes each layout out of the one before."""
