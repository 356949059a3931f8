"""A small registry of every schema step, made by the program of that step and kept as it was written.

Each was made by the same verbs: new, add, set (with and without a day), attach, undo, remove; since step 5 import, too. A new step of the schema
keeps one more, made before the step is added.
"""
