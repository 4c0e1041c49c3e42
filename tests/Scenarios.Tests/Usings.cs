// Each scenario has the engine, the firewall and the processor for itself; two at once would only blame each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
