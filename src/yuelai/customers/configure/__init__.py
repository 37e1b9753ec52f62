"""What each tenant decides for itself: classes, custom fields and tags."""
