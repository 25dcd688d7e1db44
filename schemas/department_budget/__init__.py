"""Departmental budgets (部门预算公开)."""
