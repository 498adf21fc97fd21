"""Commands about people: imports, consent, suppression, telephone numbers, reasons."""
