"""Other programs that read tables from PDFs, on the same gold pages: what they recover, and how fast."""
