"""What SQL cannot say, as functions that SQLite calls: pure, linear, bounded."""
