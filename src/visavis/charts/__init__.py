"""Charts: rows in, a Vega-Lite specification out; and its picture as SVG."""
