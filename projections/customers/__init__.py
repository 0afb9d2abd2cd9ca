"""What customers ask for and what it is worth: by segment, plan and company, and for each post who asks. Only read."""

from projections.customers.views import VIEWS

__all__ = ["VIEWS"]
