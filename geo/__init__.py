"""Mathematics of polygons: arrays in, arrays out; knows neither compounds nor files of ours."""
