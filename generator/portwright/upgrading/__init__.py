"""`portwright upgrade`: what an older version wrote, brought to the form of today."""
