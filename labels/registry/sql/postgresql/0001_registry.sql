-- The registry on PostgreSQL. Owner: the role that runs this file, once. The issuer's role gets rights to read and to add.

CREATE TABLE schema_files (
  name TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL
);

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  data BYTEA NOT NULL
);

CREATE TABLE trust (
  version INTEGER PRIMARY KEY,
  data BYTEA NOT NULL,
  time TEXT NOT NULL
);

CREATE TABLE rotations (
  version INTEGER PRIMARY KEY REFERENCES trust (version),
  record BYTEA NOT NULL
);

CREATE TABLE drafts (
  draft TEXT PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL,
  footprint BYTEA NOT NULL,
  footprint_sha256 TEXT NOT NULL,
  system BYTEA NOT NULL,
  system_sha256 TEXT NOT NULL,
  workbook BYTEA,
  workbook_name TEXT
);

CREATE TABLE bodies (
  draft TEXT PRIMARY KEY REFERENCES drafts (draft),
  body BYTEA NOT NULL,
  body_hash TEXT NOT NULL UNIQUE,
  claim TEXT NOT NULL,
  disclosures BYTEA NOT NULL
);

CREATE TABLE approvals (
  draft TEXT NOT NULL REFERENCES bodies (draft),
  role TEXT NOT NULL,
  record BYTEA NOT NULL,
  PRIMARY KEY (draft, role)
);

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
);

CREATE TABLE successions (
  serial TEXT PRIMARY KEY REFERENCES reservations (serial),
  replaces TEXT NOT NULL REFERENCES reservations (serial),
  record BYTEA NOT NULL
);

-- What is live now: one serial per claim. Follows from the log; `registry check` proves it.
CREATE TABLE claims (
  claim TEXT PRIMARY KEY,
  serial TEXT NOT NULL UNIQUE REFERENCES reservations (serial)
);

CREATE TABLE files (
  serial TEXT NOT NULL REFERENCES reservations (serial),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (serial, name)
);

-- Signed files, by content: with the log in one database they share its promise, on every host.
CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY,
  data BYTEA NOT NULL
);

CREATE TABLE leaves (
  position INTEGER PRIMARY KEY CHECK (position >= 0),
  kind TEXT NOT NULL,
  serial TEXT NOT NULL REFERENCES reservations (serial),
  data BYTEA NOT NULL,
  hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE UNIQUE INDEX leaves_once ON leaves (serial, kind) WHERE kind IN ('issued', 'documents', 'revoked', 'superseded', 'void');
CREATE INDEX leaves_serial ON leaves (serial, position);

CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY CHECK (size > 0),
  root BYTEA NOT NULL CHECK (length(root) = 32),
  peaks BYTEA NOT NULL,
  note TEXT NOT NULL,
  time TEXT NOT NULL
);

CREATE TABLE tiles (
  level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
  number INTEGER NOT NULL CHECK (number >= 0),
  hashes BYTEA NOT NULL CHECK (length(hashes) = 8192),
  root BYTEA NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (level, number)
);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME; END $$;

CREATE FUNCTION next_position() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.position <> (SELECT coalesce(max(position), -1) + 1 FROM leaves) THEN
    RAISE EXCEPTION 'log positions must be contiguous';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION next_number() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM reservations) THEN
    RAISE EXCEPTION 'numbers must be contiguous';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER leaves_contiguous BEFORE INSERT ON leaves FOR EACH ROW EXECUTE FUNCTION next_position();
CREATE TRIGGER numbers_contiguous BEFORE INSERT ON reservations FOR EACH ROW EXECUTE FUNCTION next_number();
ALTER TABLE leaves ENABLE ALWAYS TRIGGER leaves_contiguous;
ALTER TABLE reservations ENABLE ALWAYS TRIGGER numbers_contiguous;

-- A statement is refused even where it meets no row; ALWAYS, so that a replication role does not switch it off.
DO $$
DECLARE name TEXT;
BEGIN
  FOREACH name IN ARRAY ARRAY['schema_files', 'settings', 'trust', 'rotations', 'drafts', 'bodies', 'approvals',
    'reservations', 'successions', 'files', 'documents', 'leaves', 'checkpoints', 'tiles']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT '
      'EXECUTE FUNCTION refuse_rewriting()', name || '_append_only', name);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_append_only');
  END LOOP;
END $$;

CREATE TRIGGER claims_change BEFORE UPDATE OR TRUNCATE ON claims FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
ALTER TABLE claims ENABLE ALWAYS TRIGGER claims_change;
