"""The template mapper of departmental budgets (部门预算公开)."""
