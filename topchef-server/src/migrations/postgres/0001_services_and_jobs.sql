-- The tables of the derived resources `Service` and `Job`; a test holds them against the descriptors.
-- JSON is kept as text, so that it goes out as it was sent; texts are compared byte by byte, whatever the database's locale.

CREATE TABLE services (
    id uuid NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    description text COLLATE "C" NOT NULL,
    job_registration_schema text COLLATE "C" NOT NULL,
    job_result_schema text COLLATE "C" NOT NULL,
    is_service_available boolean NOT NULL,
    timeout bigint NOT NULL,
    last_checked_in timestamptz NOT NULL
);

CREATE TABLE jobs (
    id uuid NOT NULL PRIMARY KEY,
    service_id uuid NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    status text COLLATE "C" NOT NULL CHECK (status IN ('REGISTERED', 'WORKING', 'COMPLETED', 'ERROR')),
    parameters text COLLATE "C" NOT NULL,
    results text COLLATE "C",
    date_submitted timestamptz NOT NULL
);

-- The oldest job of a service in a state, and all jobs of a service in order, without a sort.
CREATE INDEX jobs_by_state ON jobs (service_id, status, id);
CREATE INDEX jobs_by_service ON jobs (service_id, id);
