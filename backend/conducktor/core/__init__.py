"""Words that every slice shares. No I/O, no imports from the rest of the product."""
