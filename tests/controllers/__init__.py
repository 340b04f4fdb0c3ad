"""The real scheduler and controllers with the objects of a stack, on nodes that kwok simulates."""
