"""Goals of the business: what they are measured by, how far they have come, and which posts serve them."""
