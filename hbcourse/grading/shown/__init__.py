"""What people see: terminal, tables, reports and feedback pages."""
