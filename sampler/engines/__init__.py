"""Inference runtimes behind one protocol."""
