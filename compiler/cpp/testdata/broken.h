inline int in_header() { return "text"; }
