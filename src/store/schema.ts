/**
 * Steps from an empty database to today's, each run once in a transaction of its own; `user_version` says how many
 * were. A step that has been released is never changed: a change of the tables is another step.
 *
 * `audit` has the event once, as the text that is hashed. What is looked for by is computed from it, so that nothing
 * beside the hash could be changed on its own.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  event TEXT NOT NULL,
  id TEXT AS (event ->> '$.id'),
  time INTEGER AS (event ->> '$.time'),
  type TEXT AS (event ->> '$.type'),
  action TEXT AS (event ->> '$.action'),
  user TEXT AS (event ->> '$.user'),
  role TEXT AS (event ->> '$.role'),
  session TEXT AS (event ->> '$.session'),
  digest TEXT AS (event ->> '$.digest')
) STRICT;
CREATE INDEX audit_by_id ON audit (id);
CREATE INDEX audit_by_time ON audit (time);
CREATE INDEX audit_by_session ON audit (session) WHERE session IS NOT NULL;
CREATE INDEX audit_by_digest ON audit (digest) WHERE digest IS NOT NULL;

-- The last record, and the last one that was removed for its age or for room: the chain stands between the two.
CREATE TABLE chain (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  anchor_seq INTEGER NOT NULL,
  anchor_hash TEXT NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;
INSERT INTO chain VALUES (1, 0, '${"0".repeat(64)}', 0, '${"0".repeat(64)}', 0);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit records are not changed'); END;
CREATE TRIGGER audit_is_removed_in_order BEFORE DELETE ON audit
WHEN OLD.seq > (SELECT anchor_seq FROM chain)
BEGIN SELECT RAISE(ABORT, 'audit records are removed from the oldest on, after the anchor has moved'); END;

-- How far each process's journal has been brought in. Kept a while after its end, so that nothing comes in twice.
CREATE TABLE journals (
  process TEXT PRIMARY KEY,
  segment INTEGER NOT NULL,
  position INTEGER NOT NULL,
  ended_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  process TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  held TEXT,
  decided_at INTEGER,
  decided_by TEXT,
  decision_reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by_state ON approvals (state, created_at);

CREATE TABLE digests (
  role TEXT NOT NULL,
  digest TEXT NOT NULL,
  sql TEXT NOT NULL,
  kind TEXT NOT NULL,
  score REAL NOT NULL,
  rules TEXT NOT NULL,
  count INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  affected_rows INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  total_ms REAL NOT NULL,
  max_ms REAL NOT NULL,
  latency TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (role, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX digests_by_last_seen ON digests (last_seen);

-- Blocks, break-glass and approved digests, each as its JSON.
CREATE TABLE overrides (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  until INTEGER,
  entry TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE learned (
  role TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (role, digest)
) STRICT, WITHOUT ROWID;
-- Counts the changes of these two, so that other processes see that there was one.
CREATE TABLE override_changes (one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL) STRICT;
INSERT INTO override_changes VALUES (1, 0);
`,
  `
-- Entries name their times as everything else does.
UPDATE overrides SET entry = json_remove(json_set(entry, '$.created_at', entry -> '$.createdAt'), '$.createdAt')
WHERE entry ->> '$.createdAt' IS NOT NULL;
`,
  `
-- Records of administrators and logins that left the chain for room: they are outside the limit of the others.
CREATE TABLE kept (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL,
  previous TEXT NOT NULL,
  event TEXT NOT NULL,
  id TEXT AS (event ->> '$.id'),
  time INTEGER AS (event ->> '$.time'),
  type TEXT AS (event ->> '$.type'),
  action TEXT AS (event ->> '$.action'),
  user TEXT AS (event ->> '$.user'),
  role TEXT AS (event ->> '$.role'),
  session TEXT AS (event ->> '$.session'),
  digest TEXT AS (event ->> '$.digest')
) STRICT;
CREATE INDEX kept_by_time ON kept (time);
CREATE INDEX kept_by_type ON kept (type);
CREATE TRIGGER kept_is_not_changed BEFORE UPDATE ON kept
BEGIN SELECT RAISE(ABORT, 'audit records are not changed'); END;
ALTER TABLE chain ADD COLUMN evicted INTEGER NOT NULL DEFAULT 0;
-- The last kept record that was removed for its age.
ALTER TABLE chain ADD COLUMN kept_anchor INTEGER NOT NULL DEFAULT 0;
`,
];
