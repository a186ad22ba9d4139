"""A worker that fits lines to points by gradient descent, with nothing but the standard library.

    python3 machine_learning_worker.py http://localhost:3000          # goes on until it is interrupted
    python3 machine_learning_worker.py http://localhost:3000 --once   # ends when no job waits
"""

import json
import math
import sys
import time
import urllib.error
import urllib.request

SERVICE = "linear regression"
STEPS, RATE = 500, 0.1


def call(method, url, body=None, **headers):
    """Sends a request, and gives the answer's JSON, none where it has none, and its entity tag."""
    data = None if body is None else json.dumps(body).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        url, data, {"Content-Type": "application/json", **headers}, method=method
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read()
        return (json.loads(text) if text else None), answer.headers.get("ETag")


def fit(inputs, targets):
    """The line with the least squares: one step downhill after the other, over inputs around 0 of about the same size."""
    count = len(inputs)
    center = sum(inputs) / count
    spread = (sum((x - center) ** 2 for x in inputs) / count) ** 0.5
    scaled = [(x - center) / spread for x in inputs]
    slope = height = 0.0
    for _ in range(STEPS):
        errors = [slope * x + height - y for x, y in zip(scaled, targets)]
        slope -= RATE * 2 / count * sum(error * x for error, x in zip(errors, scaled))
        height -= RATE * 2 / count * sum(errors)
    mean = sum(targets) / count
    left = sum((slope * x + height - y) ** 2 for x, y in zip(scaled, targets))
    total = sum((y - mean) ** 2 for y in targets)
    line = {
        "slope": round(slope / spread, 6),
        "intercept": round(height - slope * center / spread, 6),
        # Points that are all at one height are explained by a level line.
        "accuracy": round(1 - left / total, 6) if total else 1.0,
    }
    if not all(map(math.isfinite, line.values())):
        raise ValueError("the numbers are too far apart")
    return line


def service(base):
    """The address of the service."""
    services, _ = call("GET", f"{base}/services")
    ids = [service["id"] for service in services["data"] if service["name"] == SERVICE]
    if not ids:
        sys.exit(f"nobody offers {SERVICE!r} at {base}")
    return f"{base}/services/{ids[0]}"


def work(base, address):
    """Does the job that is next, and says whether there was one."""
    answer, tag = call("GET", f"{address}/jobs/next")
    if answer is None:
        return False
    job = f"{base}/jobs/{answer['data']['id']}"
    try:
        call("PATCH", job, {"status": "WORKING"}, If_Match=tag)
    except urllib.error.HTTPError as refusal:
        if refusal.code in (404, 412):
            return True  # Somebody else has it.
        raise
    points = answer["data"]["parameters"]
    try:
        change = {"status": "COMPLETED", "results": fit(points["inputs"], points["targets"])}
    except (ArithmeticError, ValueError) as problem:
        print(f"{job}: {problem}", file=sys.stderr)
        change = {"status": "ERROR"}
    call("PATCH", job, change)
    return True


def main():
    base, once = sys.argv[1].rstrip("/"), "--once" in sys.argv
    address = service(base)
    while True:
        call("PATCH", address, {"is_available": True})
        while work(base, address):
            pass
        if once:
            call("PATCH", address, {"is_available": False})
            return
        time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
