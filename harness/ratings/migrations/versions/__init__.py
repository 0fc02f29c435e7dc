"""The versions of the rating store's tables, one file each."""
