"""The tables of a dataset: the records of one kind at one moment, and how they are looked up.

A table never changes; what changed lies as a thin layer over what was there, so that a change costs the same however
many records there are.
"""
