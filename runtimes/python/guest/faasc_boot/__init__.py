"""Serves one Python function over HTTP: faasc's runtime in the guest."""
