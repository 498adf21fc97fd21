"""The press: a streaming writer of print-ready files, and the gate that reads every finished file back."""
