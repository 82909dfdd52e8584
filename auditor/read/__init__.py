"""From bytes to reading: text out of pages and files, people and quotes out of text. Pure: no network, no database, no clock."""
