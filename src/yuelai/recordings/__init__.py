"""Every second kept: capture keys, encrypted chunk files, playback."""
