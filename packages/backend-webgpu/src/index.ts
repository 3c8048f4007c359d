// the backend of this package
