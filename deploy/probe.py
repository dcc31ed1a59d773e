"""The container's health check: asks /readyz under a name that the settings allow."""

import os
import sys
import urllib.request

request = urllib.request.Request(
    "http://127.0.0.1:8000/readyz",
    headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")},
)
with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  # the same
    sys.exit(answer.status != 200)
