"""The measurements of `benches/run.py`, one module for each part."""
