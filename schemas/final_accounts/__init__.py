"""Departmental final accounts (部门决算公开): models, outline and identities."""
