"""Updating the price book: from the public files that it was made from, or from Google's Cloud Billing Catalog.

Nothing here is needed to estimate; only `groundwork prices refresh` uses it.
"""
