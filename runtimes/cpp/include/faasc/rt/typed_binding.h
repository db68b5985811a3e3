// The place at the end of a source where faasc-cxx puts the JSON binding of its typed function. It is written
// when the compiler gets here, from what it has understood so far; for every other compiler there is nothing.
