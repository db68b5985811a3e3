#pragma once

long with_tax(long net_cents);
