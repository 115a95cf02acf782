"""A bot without a library, with which the tests of the server speak to it."""

from typing import Any

import httpx

from .server import BotApiServer


class Client:
    """A bare bot: posts JSON, and says whether it was answered as it expected."""

    def __init__(self, server: BotApiServer) -> None:
        self.http = httpx.Client(base_url=server.base_url + server.token + "/", timeout=10, verify=False)

    def __call__(self, method: str, **params: Any) -> Any:
        answer = self.http.post(method, json=params)
        body = answer.json()
        assert answer.status_code == (200 if body["ok"] else body["error_code"])
        return body

    def result(self, method: str, **params: Any) -> Any:
        body = self(method, **params)
        assert body["ok"], body
        return body["result"]

    def refusal(self, method: str, **params: Any) -> str:
        body = self(method, **params)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"

    def ids(self, **params: Any) -> list[int]:
        return [update["update_id"] for update in self.result("getUpdates", **params)]
