"""Performance self-evaluation tables (绩效自评表)."""
