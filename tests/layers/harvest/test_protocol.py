import json

from layers.harvest.protocol import Ledger


def test_a_protocol_says_everything_as_json() -> None:
    times = iter([100.0, 112.3456])
    ledger = Ledger("wfs.example", clock=lambda: next(times))
    ledger.announce("hits", 1_000)
    ledger.announce("hits", 1_000)
    ledger.announce("page", None)
    ledger.announce("page", 2_500)
    ledger.dropped["where"] += 3
    ledger.note("no-ids", "Ohne Kennung.", "Without ids.")
    ledger.note("no-ids", "zweimal", "twice")
    ledger.requests, ledger.received, ledger.distinct, ledger.kept = 7, 2_500, 2_500, 2_497

    said = json.loads(json.dumps(ledger.protocol().to_json()))

    assert said == {
        "source": "wfs.example", "complete": False, "evidence": "ids", "requests": 7, "retries": 0,
        "spooled": 0, "pages": 0,
        "announced": [{"by": "hits", "count": 1_000}, {"by": "page", "count": 2_500}],
        "received": 2_500, "distinct": 2_500, "kept": 2_497, "bytes": 0, "seconds": 12.346,
        "dropped": [{"reason": "where", "count": 3}],
        "notes": [{"code": "no-ids", "de": "Ohne Kennung.", "en": "Without ids."}],
        "validators": {},
        "region": None,
    }  # fmt: skip
    assert ledger.counts == {"hits": 1_000, "page": 2_500}
