"""Many reports: the runner, its workers, the ledger, and what is told while it goes on."""
