"""Mails: rows in the transaction of the event they tell of, sent by a job, seen once."""

from service.letters.asking import ask

__all__ = ["ask"]
