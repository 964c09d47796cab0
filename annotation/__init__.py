"""All that knows Label Studio: interface, tasks out, rankings in, preference pairs, agreement."""
