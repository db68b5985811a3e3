"""Which modules a function needs, and their byte code; see stage.py."""
