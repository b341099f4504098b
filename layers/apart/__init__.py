"""Work on what strangers sent, done in a process that can do nothing else.

Kept apart from `layers.reading`, because a child confines itself before it imports anything that
starts threads or opens files.
"""
