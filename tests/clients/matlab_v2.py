"""What MATLAB does through an older jar of the Java client: it asks the validator, and nothing else.

    python3 matlab_v2.py --base http://127.0.0.1:5000
"""

import argparse

from java_v2 import Client
from wire import exactly, having, same

PULSE = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {
        "frequency_hz": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
        "pulses": {"type": "integer", "minimum": 1},
        "samples": {"type": "array", "items": {"type": "number"}, "minItems": 1},
        "mode": {"enum": ["rabi", "ramsey"]},
    },
    "required": ["frequency_hz", "pulses"],
}


def main():
    arguments = argparse.ArgumentParser(description="the validator, as MATLAB asks it")
    arguments.add_argument("--base", required=True, help="http://host:port, whose path is dropped")
    client = Client(arguments.parse_args().base)
    document = exactly(client.get("/validator").expect(200).json(), "data", "links", "meta")
    same("data", document["data"], {})
    having(document["meta"], "validator_schema")
    for value, is_valid in [
        ({"frequency_hz": 2.87e9, "pulses": 3}, True),
        ({"frequency_hz": 2870000000, "pulses": 1, "samples": [0.5, 1, 1.5e-9]}, True),
        ({"frequency_hz": 1e-3, "pulses": 7, "mode": "ramsey"}, True),
        ({"frequency_hz": 0, "pulses": 3}, False),
        ({"frequency_hz": 1.5, "pulses": 2.5}, False),
        ({"frequency_hz": 1.5}, False),
        ({"frequency_hz": 1.5, "pulses": 1, "samples": []}, False),
        ({"frequency_hz": 1.5, "pulses": 1, "mode": "echo"}, False),
        ({}, False),
    ]:
        same(f"{value}", client.is_valid(value, PULSE), is_valid)
    answer = client.post("/validator", {"object": {"v": 1}, "schema": {}}).expect(200)
    data = exactly(answer.json(), "data", "links")["data"]
    same("what is told of success", data, {"status": "Validation was successful"})
    # Asked wrongly, it is false too.
    client.post("/validator", {"object": {}}).expect(400)
    client.post("/validator", {"object": {}, "schema": {"type": "intager"}}).expect(400)
    print("MATLAB got all that it needs")


if __name__ == "__main__":
    main()
