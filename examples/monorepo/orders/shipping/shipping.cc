enum class Zone { Home, Europe, World };

struct Parcel {
  double kilograms;
  Zone zone = Zone::Home;
};

/// What it costs to send the parcel.
double shipping(Parcel const& parcel) {
  double base = parcel.zone == Zone::Home ? 4 : parcel.zone == Zone::Europe ? 9 : 20;
  return base + (parcel.kilograms > 2 ? parcel.kilograms - 2 : 0);
}
