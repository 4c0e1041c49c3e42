namespace ProviderAgent.Inventory;

/// <summary>The account of one countable resource. Holds 0 ≤ used ≤ total or says why not. Not safe for concurrent use: the book locks.</summary>
internal sealed class ResourcePool(ResourceKind kind)
{
    // Wider than any sum of demands, each of which is capped.
    private Int128 _used;
    private long _measured;

    /// <summary>Set once the books are found wrong; stays until the process is restarted and counts anew.</summary>
    public string? Fault { get; private set; }

    public ResourceLine Line => new(kind, Total, (long)Int128.Min(_used, long.MaxValue), Fault);

    /// <remarks>
    /// Where disks are not set aside beforehand, it cannot be told apart what tenants have reserved and what they have written: written bytes are gone from
    /// the free space and are reserved as well, so they count twice and nothing is ever sold that may not be there. What is reserved stays in
    /// the total even when other programs fill the disk, because it was promised.
    /// </remarks>
    private long Total => kind == ResourceKind.Storage ? (long)Int128.Max(_measured, Int128.Min(_used, long.MaxValue)) : _measured;

    /// <summary>Takes a new measurement of what may be sold; negative counts as nothing.</summary>
    public void Measure(long sellable) => _measured = Math.Max(0, sellable);

    public void Take(long amount)
    {
        if (amount < 0) Break($"{kind} was asked to take {amount}");
        else _used += amount;
    }

    public void Give(long amount)
    {
        if (amount < 0 || amount > _used) Break($"{kind} was asked to take back {amount} of {_used} used");
        else _used -= amount;
    }

    /// <summary>Compares the account with the sum of what is on the books.</summary>
    public void Audit(Int128 sum)
    {
        if (_used == sum) return;
        Break($"{kind} counts {_used} used, its reservations add up to {sum}");
        _used = sum;
    }

    /// <summary>The books turned out wrong in some other way.</summary>
    public void Break(string fault) => Fault ??= fault;
}
