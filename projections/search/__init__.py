"""Finding posts by their words, and posts that say nearly the same: queries over what `posts` keeps."""
