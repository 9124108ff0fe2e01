"""Where the world is touched: clock, database, folders, SFTP, vault, keys. Dumb on purpose."""
