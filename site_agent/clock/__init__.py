"""What runs by itself. `run_due` (in `due`) does once all that is due; `background` (in `loop`) does so for ever."""
