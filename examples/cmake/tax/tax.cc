#include "tax.h"

long with_tax(long net_cents) { return net_cents * 119 / 100; }
