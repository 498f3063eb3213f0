"""The judge's device: its pages, its program, its words, and the shapes that it sends."""
