"""An evaluation as one HTML file for people: `page.write_report`."""
