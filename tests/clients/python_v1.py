"""A client that behaves as the Python one does, which speaks the older protocol under `/v1`, its listener included.

It was written from the description of the protocol alone: a listener is a thread that polls the queue of a service, sets
a job WORKING, computes, and puts the whole job back, while the main thread posts jobs and polls for their results.

    python3 python_v1.py --base http://127.0.0.1:5000
"""

import argparse
import json
import threading
import time

from wire import Connection, Unexpected, eventually, having, place, same

NOBODY = "7b0f5a4e-93c1-4d52-8a66-0c1d2e3f4a5b"
"""An id that is one, and nobody's."""

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


class Client:
    """What the package offers; one connection for each."""

    def __init__(self, base):
        host, port, self.root = place(base)
        self.connection = Connection(host, port, "python-requests/2.9.1")

    def send(self, method, path, value=None, headers=()):
        headers = [("Accept", "*/*"), ("Connection", "keep-alive"), *headers]
        if value is None:
            body = b"" if method in ("POST", "PUT", "PATCH") else None
        else:
            body = json.dumps(value).encode()
            headers.append(("Content-Type", "application/json"))
        return self.connection.send(method, f"{self.root}/v1{path}", body, headers)

    def data(self, method, path, status, value=None):
        return having(self.send(method, path, value).expect(status).json(), "data")["data"]

    def is_up(self):
        return self.send("GET", "").status == 200

    def services(self):
        return [having(service, "id")["id"] for service in self.data("GET", "/services", 200)]

    def register(self, name, result_schema=None):
        service = {"name": name, "description": "adds one", "job_registration_schema": TAKES}
        if result_schema is not None:
            service["job_result_schema"] = result_schema
        data = having(self.data("POST", "/services", 201, service), "message", "service_details")
        details = having(
            data["service_details"],
            "id",
            "name",
            "description",
            "has_timed_out",
            "job_registration_schema",
            "job_result_schema",
            "url",
        )
        same("the name", details["name"], name)
        same("the schema", details["job_registration_schema"], TAKES)
        same("has timed out", details["has_timed_out"], False)
        return details["id"]

    def service(self, service):
        data = self.data("GET", f"/services/{service}", 200)
        return having(data, "job_registration_schema", "job_result_schema")

    def check_in(self, service):
        self.send("PATCH", f"/services/{service}").expect(200)

    def submit(self, service, value):
        body = {"parameters": {"value": value}}
        data = having(self.data("POST", f"/services/{service}/jobs", 201, body), "message", "job_details")
        details = having(data["job_details"], "id", "status", "date_submitted", "parameters")
        same("the parameters", details["parameters"], body["parameters"])
        same("the status", details["status"], "REGISTERED")
        return details["id"]

    def queue(self, service):
        """Always 200: first what is worked on, then what waits."""
        return [having(job, "id")["id"] for job in self.data("GET", f"/services/{service}/queue", 200)]

    def job(self, job):
        return having(
            self.data("GET", f"/jobs/{job}", 200), "id", "status", "date_submitted", "parameters", "result"
        )

    def put(self, job, service=None):
        """The whole dictionary, to the job itself or below its service."""
        path = f"/jobs/{job['id']}"
        if service is not None:
            path = f"/services/{service}{path}"
        return self.send("PUT", path, job)

    def set(self, job, service=None, **changes):
        """Puts the job with these changes, which must be taken."""
        answer = self.put(dict(job, **changes), service).expect(200)
        data = having(answer.json(), "data")["data"]
        having(data, "message", "job_schema")
        return self.job(job["id"])


class Listener(threading.Thread):
    """Does the jobs of a service until it is told to stop."""

    def __init__(self, base, service):
        super().__init__()
        self.client = Client(base)
        self.service = service
        self.stopping = threading.Event()
        self.done = []
        self.fault = None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.client.check_in(self.service)
                if not self.work():
                    time.sleep(0.02)
        except Exception as fault:  # what fails in a thread is told in the end
            self.fault = fault

    def work(self):
        """Does the first job that waits; whether there was one."""
        for job in map(self.client.job, self.client.queue(self.service)):
            if job["status"] != "REGISTERED":
                continue
            job["status"] = "WORKING"
            # Nothing claims a job: another listener may be faster, and may have ended it already.
            if self.client.put(job).expect(200, 409).status == 409:
                continue
            job["result"] = {"result": job["parameters"]["value"] + 1}
            job["status"] = "COMPLETED"
            self.client.put(job).expect(200)
            self.done.append(job["id"])
            return True
        return False

    def stop(self):
        self.stopping.set()
        self.join()
        if self.fault is not None:
            raise self.fault


def result(client, job):
    """The result of a job, once it is completed."""

    def completed():
        found = client.job(job)
        return found["result"] if found["status"] == "COMPLETED" else None

    return eventually(f"the end of job {job}", completed)


def one_client(base):
    """Everything that the package does, one after the other."""
    client = Client(base)
    same("the server is up", client.is_up(), True)
    service = client.register("Add One", GIVES)
    if service not in client.services():
        raise Unexpected("a service that was registered is not listed")
    shown = client.service(service)
    same("both schemas", (shown["job_registration_schema"], shown["job_result_schema"]), (TAKES, GIVES))
    client.send("GET", f"/services/{NOBODY}").expect(404)
    client.check_in(service)
    same("an empty queue", client.queue(service), [])

    first, second, third = (client.submit(service, value) for value in (1, 2, 3))
    same("the queue", client.queue(service), [first, second, third])
    job = client.job(first)
    same("no result", job["result"], {})
    client.set(client.job(second), status="WORKING")
    same("what is worked on comes first", client.queue(service), [second, first, third])
    # Below its service, too.
    job = client.set(client.job(second), service, status="COMPLETED", result={"result": 3})
    same("the job", (job["status"], job["result"]), ("COMPLETED", {"result": 3}))
    client.put(dict(client.job(first), result={"result": "two"}, status="COMPLETED")).expect(400)
    same("a refused job", (client.job(first)["status"], client.job(first)["result"]), ("REGISTERED", {}))
    client.send("POST", f"/services/{service}/jobs", {"parameters": {"value": 0}}).expect(400)
    client.send("GET", f"/jobs/{NOBODY}").expect(404)
    following(client, first)
    for last in (first, third):
        client.set(client.job(last), status="ERROR")
    same("an empty queue", client.queue(service), [])


def following(client, job):
    """Where there is a next job, its address; nothing otherwise."""
    answer = client.send("GET", f"/jobs/{job}/next").expect(302, 204)
    if answer.status == 204:
        return answer.empty()
    path = "/" + answer.headers["Location"].split("://")[-1].split("/", 1)[1]
    found = client.connection.send("GET", path).expect(200).json()
    having(having(found, "data")["data"], "id", "parameters", "result")


def validator_and_echo(base):
    """Both without any service."""
    client = Client(base)
    client.send("POST", "/validator", {"object": {"value": 5}, "schema": TAKES}).expect(200)
    answer = client.send("POST", "/validator", {"object": {"value": 5000}, "schema": TAKES}).expect(400)
    having(having(answer.json(), "errors")["errors"], "message", "context")
    echoed = client.send("POST", "/echo", {"ping": [1, None, "é"]}).expect(200).json()
    if {"ping": [1, None, "é"]} not in (echoed, echoed.get("data")):
        raise Unexpected(f"another echo: {echoed}")


def without_result_schema(base):
    """What nothing is asked of may be given back."""
    client = Client(base)
    service = client.register("Add One, somehow")
    job = client.job(client.submit(service, 1))
    job = client.set(job, status="WORKING")
    job = client.set(job, status="COMPLETED", result={"about": "two", "in words": ["deux", 2.0]})
    same("the result", job["result"], {"about": "two", "in words": ["deux", 2.0]})


def listening(base, name, listeners, jobs):
    """Listeners of one service, while the main thread submits jobs and waits for their results."""
    client = Client(base)
    service = client.register(name, GIVES)
    threads = [Listener(base, service) for _ in range(listeners)]
    for thread in threads:
        thread.start()
    try:
        submitted = {client.submit(service, value): value for value in range(1, jobs + 1)}
        for job, value in submitted.items():
            same(f"the result of {value}", result(client, job), {"result": value + 1})
    finally:
        for thread in threads:
            thread.stopping.set()
    for thread in threads:
        thread.stop()
    done = {job for thread in threads for job in thread.done}
    same("the jobs that were done", done, set(submitted))
    same("the queue in the end", client.queue(service), [])


def main():
    arguments = argparse.ArgumentParser(description="a day of work with the Python client")
    arguments.add_argument("--base", required=True, help="http://host:port, below which there is /v1")
    base = arguments.parse_args().base
    one_client(base)
    validator_and_echo(base)
    without_result_schema(base)
    listening(base, "Add One, heard", 1, 10)
    listening(base, "Add One, heard by three", 3, 20)
    print("the Python client got all that it needs")


if __name__ == "__main__":
    main()
