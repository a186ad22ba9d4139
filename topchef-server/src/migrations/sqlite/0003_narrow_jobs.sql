-- The row of a job holds what changes while it waits and is worked on; its parameters and results stand beside it, and
-- small indexes hold the jobs that are not finished. States are small numbers, in the order of `JobState`.

CREATE TABLE job_sets (
    id blob NOT NULL PRIMARY KEY,
    description text NOT NULL,
    date_created text NOT NULL
);

ALTER TABLE jobs RENAME TO old_jobs;

CREATE TABLE jobs (
    id blob NOT NULL PRIMARY KEY,
    service_id blob NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    state integer NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 7),
    priority integer NOT NULL DEFAULT 0,
    run_at text NOT NULL,
    attempt integer NOT NULL DEFAULT 0,
    lease_number integer NOT NULL DEFAULT 0,
    lease_until text,
    worker text,
    unique_key text,
    ordering_key text,
    job_set_id blob REFERENCES job_sets (id) ON DELETE SET NULL,
    parameters_bytes integer NOT NULL DEFAULT 0,
    results_bytes integer,
    version integer NOT NULL DEFAULT 1,
    date_submitted text NOT NULL,
    date_finished text
);

CREATE TABLE job_parameters (
    job_id blob NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    document text NOT NULL
);

CREATE TABLE job_results (
    job_id blob NOT NULL PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
    document text NOT NULL
);

INSERT INTO jobs (id, service_id, state, run_at, lease_until, parameters_bytes, results_bytes, date_submitted)
SELECT id, service_id,
    CASE status WHEN 'REGISTERED' THEN 0 WHEN 'WORKING' THEN 3 WHEN 'COMPLETED' THEN 4 ELSE 5 END,
    date_submitted,
    -- Whoever works on it is waited for from now on, for as long as for others.
    CASE status WHEN 'WORKING' THEN strftime('%Y-%m-%dT%H:%M:%f', 'now', '+1 day') || '000+00:00' END,
    length(CAST(parameters AS blob)), length(CAST(results AS blob)), date_submitted
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
