"""What the law and the standards say: functions on records. Pure: every date and table is an argument."""
