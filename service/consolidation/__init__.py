"""One voice: what offices answered is put together, agreed on, signed, sent, and kept.

The stage between the offices' answers (`service.cases`) and the documents (`service.statements`).
"""
