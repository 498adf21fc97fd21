"""Audience, arms, waves, steps, approval, touches, delivery."""
