"""The two engines that fill a graph: the SDK's own monitor, embedded, and the real one."""
