"""The product manager's page: what it asks in one round, what it shows as plain data, and the page itself."""

from projections.report.page import Page, page
from projections.report.report import Report, questions, report
from projections.report.request import ReportRequest

__all__ = ["Page", "Report", "ReportRequest", "page", "questions", "report"]
