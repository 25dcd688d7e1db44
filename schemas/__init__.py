"""What a report is: figure types, the models of each report family, outlines and identities."""
