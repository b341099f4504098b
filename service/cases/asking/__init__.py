"""Whom the coordinator asks: proposals, decisions, release, rounds, reminders."""
