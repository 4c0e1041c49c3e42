using ProviderAgent.Marketplace;

namespace ProviderAgent.Inventory;

/// <summary>What can be done with this host's GPUs. Safe for concurrent use.</summary>
public interface IGpuDesk
{
    /// <summary>Version of the GPU driver; empty when not known.</summary>
    string DriverVersion { get; }

    /// <summary>Tests a device now.</summary>
    /// <param name="uuid">The device; nobody may have it.</param>
    /// <param name="level">How thorough; not off.</param>
    /// <param name="ct">Ends the test, which then says nothing about the device.</param>
    /// <exception cref="GpuRefusedException">It is not there, or is in use.</exception>
    Task<SelfTestReport> TestAsync(string uuid, SelfTestLevel level, CancellationToken ct);

    /// <summary>Takes a device out of sale until it is restored; a lease that has it goes on. Durable on return.</summary>
    /// <exception cref="GpuRefusedException">It was never seen here.</exception>
    Task QuarantineAsync(string uuid, string reason, CancellationToken ct);

    /// <summary>Forgives a device what is held against it; it is tested before it is sold. Durable on return.</summary>
    /// <exception cref="GpuRefusedException">Nothing is held against it.</exception>
    Task RestoreAsync(string uuid, CancellationToken ct);

    /// <summary>The devices of an order, once they are stored: for whoever is about to give them to containers.</summary>
    /// <returns>Empty when it has none.</returns>
    Task<ValueList<GpuPick>> DurablePicksAsync(OrderId order, CancellationToken ct);
}

/// <summary>What was asked of a device cannot be done now.</summary>
public sealed class GpuRefusedException(string message) : Exception(message);
