"""What every touch goes through: campaign files, occasions, states, judging, composing and results."""
