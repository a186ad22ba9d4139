-- The row of a job holds what changes while it waits and is worked on; its parameters and results stand beside it, and
-- small indexes hold the jobs that are not finished. States are small numbers, in the order of `JobState`.

CREATE TABLE job_sets (
    id uuid NOT NULL PRIMARY KEY,
    description text COLLATE "C" NOT NULL,
    date_created timestamptz NOT NULL
);

ALTER TABLE jobs RENAME TO old_jobs;
ALTER TABLE old_jobs RENAME CONSTRAINT jobs_pkey TO old_jobs_pkey;
DROP INDEX jobs_by_state;
DROP INDEX jobs_by_service;

CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    service_id uuid NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    lease_number bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    worker text COLLATE "C",
    unique_key text COLLATE "C",
    ordering_key text COLLATE "C",
    job_set_id uuid REFERENCES job_sets (id) ON DELETE SET NULL,
    parameters_bytes integer NOT NULL DEFAULT 0,
    results_bytes integer,
    version bigint NOT NULL DEFAULT 1,
    date_submitted timestamptz NOT NULL,
    date_finished timestamptz
);

CREATE TABLE job_parameters (
    job_id uuid NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    document text COLLATE "C" NOT NULL
);

CREATE TABLE job_results (
    job_id uuid NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    document text COLLATE "C" NOT NULL
);

INSERT INTO jobs (id, service_id, state, run_at, lease_until, parameters_bytes, results_bytes, date_submitted)
SELECT id, service_id,
    CASE status WHEN 'REGISTERED' THEN 0 WHEN 'WORKING' THEN 3 WHEN 'COMPLETED' THEN 4 ELSE 5 END,
    date_submitted,
    -- Whoever works on it is waited for from now on, for as long as for others.
    CASE status WHEN 'WORKING' THEN now() + interval '1 day' END,
    octet_length(parameters), octet_length(results), date_submitted
FROM old_jobs ORDER BY id;
INSERT INTO job_parameters (job_id, document) SELECT id, parameters FROM old_jobs ORDER BY id;
INSERT INTO job_results (job_id, document) SELECT id, results FROM old_jobs WHERE results IS NOT NULL ORDER BY id;

DROP TABLE old_jobs;

-- What a worker is given next, and how many wait and are worked on; finished jobs are not in it.
CREATE INDEX jobs_open ON jobs (service_id, state, priority DESC, run_at, id) WHERE state < 4;
-- Whose worker is silent for too long.
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 3;
-- No two open jobs of a service have the same key.
CREATE UNIQUE INDEX jobs_unique ON jobs (service_id, unique_key) WHERE state < 4 AND unique_key IS NOT NULL;
-- What failed: few, and looked for often.
CREATE INDEX jobs_failed ON jobs (service_id, id) WHERE state > 4;
-- Both of all services, in the order of their list: finished jobs are not read for them.
CREATE INDEX jobs_open_by_id ON jobs (id) WHERE state < 4;
CREATE INDEX jobs_failed_by_id ON jobs (id) WHERE state > 4;
CREATE INDEX jobs_by_service ON jobs (service_id, id);
CREATE INDEX jobs_by_set ON jobs (job_set_id, state, id) WHERE job_set_id IS NOT NULL;
