"""The verb `bench`: this program beside another checkout of it."""
