"""A client that behaves as the Java one does, and a day of work with several of them.

It was written from the description of the protocol alone: its requests are those that `HttpURLConnection` sends, and
answers are read as Jackson reads them into classes, which fails on every key that a class does not have.

    python3 java_v2.py --base http://127.0.0.1:5000
"""

import argparse
import json
import threading

from wire import Connection, Unexpected, eventually, exactly, having, place, same

NOBODY = "7b0f5a4e-93c1-4d52-8a66-0c1d2e3f4a5b"
"""An id that is one, and nobody's."""

JSON = ("Content-Type", "application/json")

TAKES = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"value": {"type": "integer", "minimum": 1, "maximum": 1000}},
    "required": ["value"],
}
GIVES = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"result": {"type": "integer"}},
    "required": ["result"],
}


class Job:
    """A job as its class in Java has it: five fields."""

    def __init__(self, value):
        exactly(value, "id", "status", "parameters", "results", "date_submitted")
        if value["status"] not in ("REGISTERED", "WORKING", "COMPLETED", "ERROR"):
            raise Unexpected(f"no status: {value['status']}")
        if value["results"] is not None and not isinstance(value["results"], dict):
            raise Unexpected(f"results are null or an object: {value['results']}")
        self.fields = value

    def __getattr__(self, name):
        return self.fields[name]


class Service:
    """A service as its class in Java has it."""

    def __init__(self, value):
        exactly(
            value,
            "id",
            "name",
            "description",
            "job_registration_schema",
            "job_result_schema",
            "is_service_available",
            "has_timed_out",
            "timeout",
            "jobs",
        )
        if not isinstance(value["timeout"], int):
            raise Unexpected(f"the timeout is no int: {value['timeout']}")
        for job in value["jobs"]:
            exactly(job, "id", "status", "date_submitted")
        self.fields = value


class Client:
    """What the jar offers; one connection for each."""

    def __init__(self, base):
        # Whatever path the address has is lost: each URL is made of protocol, host, port and an absolute path.
        host, port, _ = place(base)
        self.connection = Connection(host, port, "Java/1.8.0_121")

    def get(self, path):
        # The type of a body that is not there.
        return self.connection.send("GET", path, headers=[JSON, ("Accept", "application/json")])

    def post(self, path, value):
        body = json.dumps(value).encode()
        return self.connection.send("POST", path, body, [JSON, ("Accept", "application/json")])

    def patch(self, path, value):
        """`HttpURLConnection` refuses to send PATCH."""
        body = json.dumps(value).encode()
        override = ("X-HTTP-Method-Override", "PATCH")
        return self.connection.send("POST", path, body, [override, JSON])

    def metadata(self):
        document = exactly(self.get("/").expect(200).json(), "data", "links", "meta")
        return exactly(
            document["data"],
            "documentation_url",
            "maintainer_email",
            "maintainer_name",
            "source_code_repository_url",
            "version",
        )

    def services(self):
        document = exactly(self.get("/services").expect(200).json(), "data", "links", "meta")
        having(document["meta"], "service_schema", "new_service_schema")
        return [exactly(entry, "id", "name", "description") for entry in document["data"]]

    def register(self, name):
        registration = {
            "name": name,
            "description": "adds one",
            "job_registration_schema": TAKES,
            "job_result_schema": GIVES,
        }
        answer = self.post("/services", registration).expect(201)
        exactly(answer.json(), "data", "links")
        return answer.headers["Location"].rsplit("/", 1)[1]

    def service(self, service):
        document = exactly(self.get(f"/services/{service}").expect(200).json(), "data", "links", "meta")
        having(document["meta"], "service_schema")
        return Service(document["data"])

    def check_in(self, service):
        """No body, no Content-Length and no Content-Type."""
        answer = self.connection.send(
            "POST", f"/services/{service}", headers=[("X-HTTP-Method-Override", "PATCH")]
        )
        meta = exactly(answer.expect(200).json(), "meta")["meta"]
        if not meta.startswith("Service checked in at "):
            raise Unexpected(f"no check-in: {meta}")

    def set_available(self, service, is_available):
        answer = self.patch(f"/services/{service}", {"is_available": is_available}).expect(200)
        document = exactly(answer.json(), "data", "links", "meta")
        same("availability", Service(document["data"]).fields["is_service_available"], is_available)

    def submit(self, service, value):
        answer = self.post(f"/services/{service}/jobs", {"parameters": {"value": value}})
        document = exactly(answer.expect(201).json(), "data", "meta")
        job = having(document["data"], "id", "status", "parameters", "results", "date_submitted")
        same("Location", answer.headers["Location"].rsplit("/", 1)[1], job["id"])
        same("status", job["status"], "REGISTERED")
        return job["id"]

    def jobs(self, service):
        answer = self.get(f"/services/{service}/jobs").expect(200)
        document = exactly(answer.json(), "data", "links", "meta")
        having(document["meta"], "new_job_schema", "data_schema")
        return [Job(value) for value in document["data"]]

    def job(self, job):
        document = exactly(self.get(f"/jobs/{job}").expect(200).json(), "data", "links", "meta")
        having(document["meta"], "job_info_schema", "patch_request_schema")
        return Job(document["data"])

    def first_waiting(self, service):
        """`data[0]` of the queue; 204 means that there is none."""
        answer = self.get(f"/services/{service}/queue").expect(200, 204)
        if answer.status == 204:
            answer.empty()
            return None
        document = exactly(answer.json(), "data", "links", "meta")
        jobs = [Job(value) for value in document["data"]]
        for job in jobs:
            same("a job of the queue", job.status, "REGISTERED")
        return self.job(jobs[0].id)

    def update(self, job, status, results):
        """All five fields, as the object of the class is written; the answer is the job, bare."""
        fields = dict(job.fields, status=status, results=results)
        updated = Job(self.patch(f"/jobs/{job.id}", fields).expect(200).json())
        same("the updated job", updated.fields, fields)
        return updated

    def is_valid(self, value, schema):
        """200 is true, 400 is false, and what stands in the body is not looked at."""
        answer = self.post("/validator", {"object": value, "schema": schema}).expect(200, 400)
        return answer.status == 200


def work(base, service, taken):
    """A worker: checks in, takes the first of the queue, and does it, until there is none."""
    client = Client(base)
    while True:
        client.check_in(service)
        job = client.first_waiting(service)
        if job is None:
            return
        # The jar has no way to claim a job: another worker may be faster, and nothing that it does harms this one.
        answer = client.patch(f"/jobs/{job.id}", dict(job.fields, status="WORKING")).expect(200, 409)
        if answer.status == 200:
            results = {"result": job.parameters["value"] + 1}
            fields = dict(job.fields, status="COMPLETED", results=results)
            client.patch(f"/jobs/{job.id}", fields).expect(200)
            taken.append(job.id)


def one_client(base):
    """Everything that the jar does, one after the other, over one connection."""
    client = Client(base)
    client.metadata()
    service = client.register("Add One")
    if service not in [entry["id"] for entry in client.services()]:
        raise Unexpected("a service that was registered is not listed")
    fresh = client.service(service).fields
    same("a new service", (fresh["is_service_available"], fresh["timeout"]), (False, 30))
    client.check_in(service)
    client.set_available(service, True)
    same("no job", client.first_waiting(service), None)

    first, second = client.submit(service, 1), client.submit(service, 2)
    same("the oldest", client.first_waiting(service).id, first)
    job = client.update(client.job(first), "WORKING", None)
    same("the next", client.first_waiting(service).id, second)
    job = client.update(job, "REGISTERED", None)
    same("the one that was put back", client.first_waiting(service).id, first)
    job = client.update(job, "WORKING", None)
    job = client.update(job, "COMPLETED", {"result": 2})
    same("the stored job", client.job(first).fields, job.fields)
    client.update(client.job(second), "ERROR", None)
    same("an empty queue", client.first_waiting(service), None)
    same("all jobs", [job.id for job in client.jobs(service)], [first, second])

    wrong = dict(client.job(second).fields, status="COMPLETED", results={"result": "two"})
    client.patch(f"/jobs/{second}", wrong).expect(400)
    same("a refused job", client.job(second).results, None)
    client.post(f"/services/{service}/jobs", {"parameters": {"value": 0}}).expect(400)
    client.get(f"/services/{NOBODY}/queue").expect(404)
    client.get(f"/jobs/{NOBODY}").expect(404)
    same("valid", client.is_valid({"value": 5}, TAKES), True)
    same("not valid", client.is_valid({"value": 5000}, TAKES), False)
    client.set_available(service, False)


def several_workers(base):
    """Four workers and one that submits, at the same time, over a connection each."""
    client = Client(base)
    service = client.register("Add One, in parallel")
    jobs = {client.submit(service, value): value for value in range(1, 21)}
    taken, faults = [], []

    def worker():
        try:
            work(base, service, taken)
        except Exception as fault:  # what fails in a thread is told in the end
            faults.append(fault)

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    jobs.update((client.submit(service, value), value) for value in range(21, 31))
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    # Those that came after the last worker had left.
    work(base, service, taken)
    same("jobs that were done", set(taken), set(jobs))

    def done():
        found = {job.id: job for job in client.jobs(service)}
        statuses = {job.status for job in found.values()}
        return found if statuses == {"COMPLETED"} else None

    found = eventually("the end of all jobs", done)
    for job, value in jobs.items():
        same(f"job {job}", found[job].results, {"result": value + 1})


def main():
    arguments = argparse.ArgumentParser(description="a day of work with the Java client")
    arguments.add_argument("--base", required=True, help="http://host:port, whose path is dropped")
    base = arguments.parse_args().base
    one_client(base)
    several_workers(base)
    print("the Java client got all that it needs")


if __name__ == "__main__":
    main()
