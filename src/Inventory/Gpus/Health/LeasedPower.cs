namespace ProviderAgent.Inventory;

/// <summary>Mean power of a device over the sweeps in which a tenant had it. Older sweeps count less once a day of them was seen.</summary>
internal sealed class LeasedPower
{
    /// <summary>Sweeps before the mean says anything: ten minutes at the usual pace.</summary>
    public const int Least = 120;

    // A day of sweeps at the usual pace.
    private const int Window = 17_280;

    private double _mean;
    private int _sweeps;

    /// <summary>Null while too little was seen.</summary>
    public long? MeanMilliwatts => _sweeps >= Least ? (long)Math.Round(_mean) : null;

    public void Add(uint milliwatts)
    {
        _sweeps = Math.Min(_sweeps + 1, Window);
        _mean += (milliwatts - _mean) / _sweeps;
    }
}
