"""Figures of follow-ups: stays by what became of their contacts, and calls."""
