// Lets the compiler take functions without a body: those that go:linkname leads to.
