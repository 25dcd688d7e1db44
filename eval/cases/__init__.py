"""Cases: what a gold set holds, how it is made and how it grows."""
