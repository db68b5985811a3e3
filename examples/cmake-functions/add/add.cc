struct Pair {
  int a, b;
};

/// Their sum.
int add(Pair const& pair) {
  return pair.a + pair.b;
}
