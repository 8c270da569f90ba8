"""The inputs: paths, folders, globs and lists, as a sorted list of files worth opening.

Comes in: `InputOptions`. Goes out: `Source` for what can be read, `Failure` for what was meant to be read and cannot, and a
count of the files nobody asked for. Only the first bytes of a file are read here; nothing is decoded.
"""
