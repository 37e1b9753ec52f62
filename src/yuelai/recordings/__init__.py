"""Every second kept. Owns the keys of recordings and their rows; emits RecordingStarted and RecordingCompleted;
captures through `media.ports`, reads the files `media.capture` describes, plays them back over HTTP."""
