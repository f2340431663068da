"""Running hostile SQL on a database that it can neither change nor leave."""
