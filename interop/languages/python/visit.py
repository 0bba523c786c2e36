"""What the programs here share: where to go is said on a line of output, and where that led is read from a line of input."""

import json
import os
import sys

import requests

issuer = os.environ["INTEROP_ISSUER"]
client_id = os.environ["INTEROP_CLIENT_ID"]
client_secret = os.environ["INTEROP_CLIENT_SECRET"]
redirect_uri = os.environ["INTEROP_REDIRECT_URI"]
# oauthlib takes no plain http otherwise, also of a loopback address.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def metadata():
    return requests.get(issuer + "/.well-known/openid-configuration", timeout=30).json()


def say(value):
    print(json.dumps(value), flush=True)


def visit(url):
    say({"go": url})
    return sys.stdin.readline().strip()
