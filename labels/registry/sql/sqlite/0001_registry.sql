-- The registry, first shape. Tables of facts are append-only; only `claims` (what is live now) is rewritten.
-- Log tables are never migrated: new facts go to new tables in a new numbered file.

CREATE TABLE schema_files (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE trust (
  version INTEGER PRIMARY KEY,
  data BLOB NOT NULL,
  time TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
  draft TEXT PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL,
  footprint BLOB NOT NULL,
  footprint_sha256 TEXT NOT NULL,
  system BLOB NOT NULL,
  system_sha256 TEXT NOT NULL,
  workbook BLOB,
  workbook_name TEXT
) STRICT;

CREATE TABLE bodies (
  draft TEXT PRIMARY KEY REFERENCES drafts (draft),
  body BLOB NOT NULL,
  body_hash TEXT NOT NULL UNIQUE,
  claim TEXT NOT NULL,
  disclosures BLOB NOT NULL
) STRICT;

CREATE TABLE approvals (
  draft TEXT NOT NULL REFERENCES bodies (draft),
  role TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (draft, role)
) STRICT;

CREATE TABLE reservations (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  serial TEXT NOT NULL UNIQUE,
  draft TEXT NOT NULL UNIQUE REFERENCES bodies (draft),
  request TEXT NOT NULL UNIQUE,
  status_index INTEGER NOT NULL UNIQUE CHECK (status_index BETWEEN 0 AND 131071),
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  lang TEXT NOT NULL,
  time TEXT NOT NULL
) STRICT;

-- What is live now: one serial per claim. Follows from the log; `registry check` proves it.
CREATE TABLE claims (
  claim TEXT PRIMARY KEY,
  serial TEXT NOT NULL UNIQUE REFERENCES reservations (serial)
) STRICT;

CREATE TABLE files (
  serial TEXT NOT NULL REFERENCES reservations (serial),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (serial, name)
) STRICT;

CREATE TABLE leaves (
  position INTEGER PRIMARY KEY CHECK (position >= 0),
  kind TEXT NOT NULL,
  serial TEXT NOT NULL REFERENCES reservations (serial),
  data BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE UNIQUE INDEX leaves_once ON leaves (serial, kind) WHERE kind IN ('issued', 'documents', 'revoked', 'superseded', 'void');
CREATE INDEX leaves_serial ON leaves (serial, position);

CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  root BLOB NOT NULL CHECK (length(root) = 32),
  peaks BLOB NOT NULL,
  note TEXT NOT NULL,
  time TEXT NOT NULL
) STRICT;

CREATE TRIGGER leaves_contiguous BEFORE INSERT ON leaves
WHEN NEW.position <> (SELECT count(*) FROM leaves)
BEGIN SELECT RAISE(ABORT, 'log positions must be contiguous'); END;

CREATE TRIGGER numbers_contiguous BEFORE INSERT ON reservations
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM reservations)
BEGIN SELECT RAISE(ABORT, 'numbers must be contiguous'); END;

CREATE TRIGGER settings_update BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER settings_delete BEFORE DELETE ON settings BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER trust_update BEFORE UPDATE ON trust BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER trust_delete BEFORE DELETE ON trust BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER drafts_update BEFORE UPDATE ON drafts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER drafts_delete BEFORE DELETE ON drafts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER bodies_update BEFORE UPDATE ON bodies BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER bodies_delete BEFORE DELETE ON bodies BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER approvals_update BEFORE UPDATE ON approvals BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER approvals_delete BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER reservations_update BEFORE UPDATE ON reservations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER reservations_delete BEFORE DELETE ON reservations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER files_update BEFORE UPDATE ON files BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER files_delete BEFORE DELETE ON files BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER leaves_update BEFORE UPDATE ON leaves BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER leaves_delete BEFORE DELETE ON leaves BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER checkpoints_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER checkpoints_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'append-only'); END;
