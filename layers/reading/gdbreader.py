"""A process of its own that reads a file geodatabase with GDAL and writes Arrow to its output.

Belang's own process has no such driver, on purpose: here it is the only one, which the environment
sees to that `layers.reading.gdb` gives along. Run as ``python -m layers.reading.gdbreader FOLDER
LAYER BATCH``; without a LAYER it must have one only. Where it has others, their names are written
as JSON to the errors, and the status is `OTHERS`.
"""

import json
import sys

OTHERS = 3


def main(path: str, layer: str, batch: str) -> int:
    """Write the features of one layer as an Arrow stream; its CRS stands in the metadata."""
    import pyarrow as pa
    import pyogrio

    # What has no geometry is a table beside the layers.
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    chosen = layer or (names[0] if len(names) == 1 else "")
    if chosen not in names:
        sys.stderr.write(json.dumps(names))
        return OTHERS
    output = pa.PythonFile(sys.stdout.buffer, "w")
    with pyogrio.raw.open_arrow(
        path, layer=chosen, batch_size=int(batch), use_pyarrow=True, datetime_as_string=True
    ) as (meta, reader):
        facts = {
            "crs": meta["crs"],
            "geometry": meta["geometry_name"] or "wkb_geometry",
            "fields": [str(name) for name in meta["fields"]],
            "layer": chosen,
        }
        schema = reader.schema.with_metadata({"belang": json.dumps(facts)})
        with pa.ipc.new_stream(output, schema) as stream:
            for records in reader:
                stream.write_batch(records.replace_schema_metadata(schema.metadata))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
