struct Amount {
  double net;
  double rate = 0.19;  ///< of the value added tax
};

struct Taxed {
  double net, tax, gross;
};

/// Adds the value added tax.
Taxed vat(Amount const& amount) {
  double tax = amount.net * amount.rate;
  return {amount.net, tax, amount.net + tax};
}
