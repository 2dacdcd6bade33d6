"""The product system and its result in the forms that other people work with."""
