"""The picture of a page: opened, straightened, cleaned; its ruling lines; its place in the file."""
