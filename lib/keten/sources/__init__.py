"""From a publisher's file to observations: cards, fetching, readers, validation and the store of deliveries."""
