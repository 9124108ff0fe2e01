"""The SFTP server of the offices."""
