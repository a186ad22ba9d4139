-- The tables of the derived resources `Service` and `Job`; a test holds them against the descriptors.

CREATE TABLE services (
    id blob NOT NULL PRIMARY KEY,
    name text NOT NULL,
    description text NOT NULL,
    job_registration_schema text NOT NULL,
    job_result_schema text NOT NULL,
    is_service_available boolean NOT NULL,
    timeout integer NOT NULL,
    last_checked_in text NOT NULL
);

CREATE TABLE jobs (
    id blob NOT NULL PRIMARY KEY,
    service_id blob NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    status text NOT NULL CHECK (status IN ('REGISTERED', 'WORKING', 'COMPLETED', 'ERROR')),
    parameters text NOT NULL,
    results text,
    date_submitted text NOT NULL
);

-- The oldest job of a service in a state, and all jobs of a service in order, without a sort.
CREATE INDEX jobs_by_state ON jobs (service_id, status, id);
CREATE INDEX jobs_by_service ON jobs (service_id, id);
