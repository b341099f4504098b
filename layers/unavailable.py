"""A layer that cannot be had: never the same as one that is empty."""

from gis.problem import Text


class LayerUnavailableError(Exception):
    """A layer or a coverage cannot be had; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
