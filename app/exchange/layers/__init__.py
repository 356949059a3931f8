"""Files of layers with outlines: GeoPackage, Shapefile, GeoJSON. Read in the child process alone."""
