"""Reading prices anew: from the public files that the book came from, or from Google's own catalog.

Nothing here is needed to estimate; `groundwork prices refresh` alone uses it.
"""
