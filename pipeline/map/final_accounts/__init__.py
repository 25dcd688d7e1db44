"""The template mapper of departmental final accounts (部门决算公开)."""
