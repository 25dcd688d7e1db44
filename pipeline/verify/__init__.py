"""verify: is every figure on the page, and does the report's own arithmetic confirm it?"""

from recount.pipeline.verify.verify import Verified, verify

__all__ = ["Verified", "verify"]
