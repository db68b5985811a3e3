file(WRITE "${OUT}" "constexpr const char* kCurrency = \"EUR\";\n")
