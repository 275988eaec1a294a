"""The calls of the API as its documentation shows them for Python.

Run with: NUXERA_URL=http://127.0.0.1:PORT NUXERA_TOKEN=TOKEN python3 example.py "DOCTOR"

Only the standard library is used; urlencode writes the query as the requests library does.
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

BASE_URL = os.environ["NUXERA_URL"]
TOKEN = os.environ["NUXERA_TOKEN"]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def call(method, path, params=None, body=None):
    query = f"?{urlencode(params)}" if params else ""
    headers = dict(HEADERS)
    data = None
    if body is not None:
        headers = {"Content-Type": "application/json"}
        data = json.dumps(body).encode()
    request = Request(f"{BASE_URL}{path}{query}", data=data, headers=headers, method=method)
    try:
        with urlopen(request) as response:
            return response.status, response.headers, response.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def download_audio(doctor_name):
    status, headers, body = call("GET", "/api/download", {"doctorName": doctor_name})
    if status != 200:
        return {"status": status, **json.loads(body)}
    return {"status": status, "type": headers["Content-Type"], "size": len(body)}


def delete_audio(doctor_name):
    status, _, body = call("DELETE", "/api/delete", {"doctorName": doctor_name})
    return {"status": status, **json.loads(body)}


def delete_all_audio():
    status, _, body = call("DELETE", "/api/delete-all")
    return {"status": status, **json.loads(body)}


def login(username, password):
    status, _, body = call(
        "POST", "/api/auth/login", body={"username": username, "password": password}
    )
    return {"status": status, "sameToken": json.loads(body).get("token") == TOKEN}


doctor = sys.argv[1]
for answer in [
    login("practice", "practice"),
    download_audio(doctor),
    delete_audio(doctor),
    download_audio(doctor),
    delete_audio(doctor),
    delete_all_audio(),
]:
    print(json.dumps(answer))
