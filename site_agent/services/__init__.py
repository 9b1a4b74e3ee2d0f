"""The rules of a site. Every service takes a session and the time, and never commits: its caller does, once."""
