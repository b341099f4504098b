"""The way out of the house: proxy and certificate authorities, for everything that asks others.

HTTP clients read them from well-known variables; ours are their names at Belang.
"""

import os
from collections.abc import MutableMapping

NEAR = "localhost,127.0.0.1,::1"


def going_out(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let HTTP clients of this process and its children use what Belang is told to."""
    if proxy := environment.get("BELANG_HTTPS_PROXY"):
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            environment[name] = proxy
        for name in ("NO_PROXY", "no_proxy"):
            environment.setdefault(name, NEAR)
    if bundle := environment.get("BELANG_CA_BUNDLE"):
        environment["SSL_CERT_FILE"] = bundle
