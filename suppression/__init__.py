"""Who must not be reached: rules, lists, reasons."""
