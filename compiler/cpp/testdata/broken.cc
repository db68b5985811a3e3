#include "broken.h"
#define SQUARE(x) ((x) * (x))
#define TYPO() undeclared_in_macro
int missing_semicolon(int a) { return a }
int in_macro_argument() { return SQUARE(undeclared); }
int in_macro_body() { return TYPO(); }
template <typename T>
struct Holder {
  typename T::type value;
};
Holder<int> instantiated;
struct Point {
  int width;
};
int member(Point p) { return p.widht; }
int binary(Point p, int n) { return n + p; }
int unused() {
  int unused_variable;
	return 1 +	"tab" - 3;
}
