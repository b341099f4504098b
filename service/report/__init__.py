"""The report: the one document that command line and API give, described by `schema.json`."""
