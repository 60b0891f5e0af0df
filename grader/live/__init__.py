"""The live page: the report in a browser, refreshed when there is a newer one."""

from grader.live.page import LivePage

__all__ = ["LivePage"]
