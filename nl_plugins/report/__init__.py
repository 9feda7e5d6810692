"""The page on which one looks at a training set's suspicious labels."""
