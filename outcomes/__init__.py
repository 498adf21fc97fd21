"""What became of everyone: matching, funnels, exports."""
