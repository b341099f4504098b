"""A process of its own that reads OpenStreetMap data with GDAL and writes Arrow to its output.

Belang's own process has no OSM driver, on purpose: here it is the only one, which the
environment sees to that `layers.sources.osm` gives along. Run as
``python -m layers.harvest.osmreader FILE LAYER CONFIG WHERE BATCH``.
"""

import sys


def main(path: str, layer: str, config: str, where: str, batch: str) -> None:
    """Write the features of one layer as an Arrow stream."""
    import pyarrow as pa
    import pyogrio

    # Reading in batches passes over damage in silence; counting does not.
    pyogrio.read_info(path, layer=layer, force_feature_count=True, CONFIG_FILE=config)
    output = pa.PythonFile(sys.stdout.buffer, "w")
    with (
        pyogrio.raw.open_arrow(
            path,
            layer=layer,
            where=where or None,
            batch_size=int(batch),
            use_pyarrow=True,
            CONFIG_FILE=config,
        ) as (_, reader),
        pa.ipc.new_stream(output, reader.schema) as stream,
    ):
        for records in reader:
            stream.write_batch(records)


if __name__ == "__main__":
    main(*sys.argv[1:])
