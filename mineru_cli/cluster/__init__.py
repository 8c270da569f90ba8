"""Many machines: documents are handed to readers that Ray runs, one a GPU."""
