"""Set-up, people, units, agreements, the doctor."""
