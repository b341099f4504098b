"""What an office answers: contributions of items, from a draft to their release."""
