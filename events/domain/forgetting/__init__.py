"""That somebody was forgotten: on whose decision, when and why. What is forgotten stands on another topic."""
