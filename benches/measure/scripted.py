"""A server for Secrets Manager that always responds with the same bytes, except for the date."""

import email.utils
import http.server
import json
import threading

TEN = "ABCDEFGHIJ"


def value(name):
    """Returns the value of a secret, as in `src/wanted.rs`."""
    if name == "JSON":
        return json.dumps({key.lower(): value(key) for key in TEN}, separators=(",", ":"))
    return f"{name:-<32}"


def entry(name):
    return {
        "ARN": f"arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}-AbCdEf",
        "CreatedDate": 1700000000.123,
        "Name": name,
        "SecretString": value(name),
        "VersionId": "11111111-2222-3333-4444-555555555555",
        "VersionStages": ["AWSCURRENT"],
    }


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.headers["x-amz-target"] == "secretsmanager.BatchGetSecretValue":
            response = {"Errors": [], "SecretValues": list(map(entry, request["SecretIdList"]))}
        else:
            response = entry(request["SecretId"])
        body = json.dumps(response).encode()
        head = (
            "HTTP/1.1 200 OK\r\n"
            "x-amzn-RequestId: 11111111-2222-3333-4444-555555555555\r\n"
            "Content-Type: application/x-amz-json-1.1\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"Date: {email.utils.formatdate(usegmt=True)}\r\n\r\n"
        )
        # One write, so that the client reads head and body at once.
        self.wfile.write(head.encode() + body)

    def log_message(self, *_):
        pass


class Scripted:
    """A server on loopback. It stops at the end of the `with` block."""

    def __enter__(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def environment(self):
        """Returns the environment of a program, without settings of the caller."""
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.server_port}",
        }
