"""What citizens and providers tell us: replies, returned mail, objections."""
