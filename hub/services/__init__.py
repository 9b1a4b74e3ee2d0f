"""The hub's rules. Each takes the open session and `now`; none commits, except the limits, which commit one by one."""
