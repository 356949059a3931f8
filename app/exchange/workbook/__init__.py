"""Workbooks that leave: a sheet for leaders, tables of figures, ledgers on request."""
