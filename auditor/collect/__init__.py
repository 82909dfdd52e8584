"""From the network: feeds and pages, politely and safely, with their bytes kept."""
