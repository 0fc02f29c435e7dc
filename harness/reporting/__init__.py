"""What people read: the report's page and its sections, plots, tables and sentences."""
