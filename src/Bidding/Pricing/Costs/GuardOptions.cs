using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Section <c>pricing.gpu_guard</c>: keeps orders without GPUs from taking the processor and memory that the free GPUs need to be sold.</summary>
public sealed class GuardOptions
{
    /// <summary>What happens to an order that would leave free GPUs without enough around them.</summary>
    /// <value>Default <see cref="GuardMode.Off"/>.</value>
    public GuardMode Mode { get; set; } = GuardMode.Off;

    /// <summary>Processor that a GPU needs beside it to be sold.</summary>
    /// <value>Default 4 threads; above 0.</value>
    public MilliCpu CpuPerGpu { get; set; } = new(4000);

    /// <summary>Memory that a GPU needs beside it.</summary>
    /// <value>Default 16Gi; above 0.</value>
    public ByteSize MemoryPerGpu { get; set; } = new(16 * ByteSize.GiB);
}

/// <summary>What happens to an order that would strand GPUs.</summary>
public enum GuardMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>It also pays for each GPU that it strands, at the price of a GPU of any model.</summary>
    Price,

    /// <summary>There is no bid.</summary>
    Refuse,
}
