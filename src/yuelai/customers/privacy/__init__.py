"""What people may ask of us about themselves: to see all of it, and that it be gone. And seeing what is masked."""
