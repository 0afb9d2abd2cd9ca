"""What people do with generations: prove one, switch to it, go back, and drop what is not needed any more."""
