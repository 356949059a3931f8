"""Who is who: normal forms of names, how far two names lie apart, and where in the tree of units a record stands.

Pure: texts and records in, verdicts out. What is done about a verdict is the import's matter.
"""
