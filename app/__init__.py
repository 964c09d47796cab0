"""Every face of RaisonText: command line, HTTP API, demo page, worker, and the round that ties the rooms together."""
