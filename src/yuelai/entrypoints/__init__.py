"""The doors: command line and the processes core, web, media, worker."""
