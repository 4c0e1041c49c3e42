using ProviderAgent.Inventory;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Bidding;

/// <summary>Leases that come and go on a host while a replay goes through time. What fits is decided as the daemon does, down to the model of each GPU.</summary>
internal sealed class CapacityBook(InventorySnapshot host, TimeSpan leaseLength, Timeline timeline)
{
    // A host cannot hold more leases than this; it bounds memory where the capacity is given as endless.
    private const int MaxLeases = 100_000;

    private readonly PriorityQueue<Held, DateTimeOffset> _running = new();
    private DateTimeOffset? _at;

    /// <summary>What is free at the moment.</summary>
    public InventorySnapshot Now { get; private set; } = host;

    /// <summary>Lets time pass and leases end.</summary>
    public void MoveTo(DateTimeOffset now)
    {
        while (_running.TryPeek(out var next, out var end) && end <= now)
        {
            Account(end);
            _running.Dequeue();
            Now = Now.With(next.Demand.Negated(), next.Gpus, null);
        }

        Account(now);
    }

    /// <summary>Takes a group in if there is room.</summary>
    /// <param name="order">Whose it is.</param>
    /// <param name="group">What it asks for.</param>
    /// <param name="lasted">How long the lease lasted, where that is known.</param>
    public bool TryAdd(OrderId order, GroupSpec group, TimeSpan? lasted)
    {
        if (_at is not { } now || _running.Count >= MaxLeases || Now.Refuse(group) is not null) return false;
        var held = new Held(Demand.Of(group), Now.PickGpus(group));
        Now = Now.With(held.Demand, held.Gpus, order);
        var length = lasted ?? leaseLength;
        _running.Enqueue(held, now < DateTimeOffset.MaxValue - length ? now + length : DateTimeOffset.MaxValue);
        return true;
    }

    private void Account(DateTimeOffset now)
    {
        if (_at is { } since && now > since) timeline.Used(since, now, Use());
        if (_at is null || now > _at) _at = now;
    }

    private CapacityUse Use() => new(Part(ResourceKind.Cpu), Part(ResourceKind.Memory), Part(ResourceKind.Storage), Part(ResourceKind.Gpu));

    private double Part(ResourceKind kind) => Now[kind] is { Total: > 0 } line ? (double)line.Used / line.Total : 0;

    private sealed record Held(Demand Demand, ValueList<GpuPick> Gpus);
}
