"""What an office was asked: its inbox, and what it does with a task besides answering."""
