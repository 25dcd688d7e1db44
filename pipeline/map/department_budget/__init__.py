"""The template mapper of departmental budgets (部门预算公开)."""

from recount.pipeline.map.department_budget.mapper import map_budget

__all__ = ["map_budget"]
