"""Pictures of findings: the interactive map and the GeoPackage with its QGIS styles."""
