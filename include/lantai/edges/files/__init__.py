"""Files, folders and disks of this machine."""
