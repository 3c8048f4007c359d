// the learners of this package
