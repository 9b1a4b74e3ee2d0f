"""What the hub and the site agents agree on: envelope, sealing, keys, key log, messages.

Pure functions and values. Nothing here touches Flask, a database, HTTP or a clock; pass `now` in.
"""
