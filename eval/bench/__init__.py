"""What it costs: time and memory, held against a bare engine or half the workers; and what is read of damaged scans."""
