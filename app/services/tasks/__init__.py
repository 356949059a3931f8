"""Tasks (任务): gaps and findings as work of a post, with a day; given, moved rung by rung, listed, counted, printed."""
