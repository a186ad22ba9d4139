-- The tables of the runtime itself, as `Database::prepare` would make them; a test holds the two together.

-- What was answered to requests with an idempotency key.
CREATE TABLE IF NOT EXISTS topchef_idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    created_at integer NOT NULL,
    records text,
    status integer,
    headers text,
    body blob,
    PRIMARY KEY (scope, key)
);
CREATE INDEX IF NOT EXISTS topchef_idempotency_keys_created_at ON topchef_idempotency_keys (created_at);

-- Hooks that follow a commit, until they have run.
CREATE TABLE IF NOT EXISTS topchef_outbox (
    sequence integer PRIMARY KEY AUTOINCREMENT,
    token integer NOT NULL,
    resource text NOT NULL,
    record text NOT NULL,
    method text NOT NULL,
    committed text NOT NULL,
    request text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    created_at integer NOT NULL,
    due_at integer NOT NULL,
    dead_at integer,
    error text
);
CREATE INDEX IF NOT EXISTS topchef_outbox_due ON topchef_outbox (due_at) WHERE dead_at IS NULL;
CREATE INDEX IF NOT EXISTS topchef_outbox_queue ON topchef_outbox (resource, record, sequence);
