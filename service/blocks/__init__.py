"""Text blocks of a district: words an office would write, with the figures of a finding."""

from service.blocks.block import Block, Blocks, Vision
from service.blocks.reading import read_blocks

__all__ = ["Block", "Blocks", "Vision", "read_blocks"]
