"""What `benches/run.py` measures, one part a module."""
