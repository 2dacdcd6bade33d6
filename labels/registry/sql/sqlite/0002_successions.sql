-- Records that take another's place, and the signed steps from one trust file to the next.

CREATE TABLE successions (
  serial TEXT PRIMARY KEY REFERENCES reservations (serial),
  replaces TEXT NOT NULL REFERENCES reservations (serial),
  record BLOB NOT NULL
) STRICT;

CREATE TABLE rotations (
  version INTEGER PRIMARY KEY REFERENCES trust (version),
  record BLOB NOT NULL
) STRICT;

CREATE TRIGGER successions_update BEFORE UPDATE ON successions BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER successions_delete BEFORE DELETE ON successions BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER rotations_update BEFORE UPDATE ON rotations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER rotations_delete BEFORE DELETE ON rotations BEGIN SELECT RAISE(ABORT, 'append-only'); END;
