-- Full tiles of the tree (256 nodes side by side), kept so that a proof needs three rows, not the whole log.

CREATE TABLE tiles (
  level INTEGER NOT NULL CHECK (level BETWEEN 0 AND 7),
  number INTEGER NOT NULL CHECK (number >= 0),
  hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
  root BLOB NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (level, number)
) STRICT;

CREATE TRIGGER tiles_update BEFORE UPDATE ON tiles BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER tiles_delete BEFORE DELETE ON tiles BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- The next position by the last one: counting a million rows at every entry would take as long as a hundred commits.
DROP TRIGGER leaves_contiguous;
CREATE TRIGGER leaves_contiguous BEFORE INSERT ON leaves
WHEN NEW.position <> (SELECT coalesce(max(position), -1) + 1 FROM leaves)
BEGIN SELECT RAISE(ABORT, 'log positions must be contiguous'); END;
