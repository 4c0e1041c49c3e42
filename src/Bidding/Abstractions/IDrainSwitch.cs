namespace ProviderAgent.Bidding;

/// <summary>The operator's switch: while it is on, no new bid is made. Bids that stand and leases that run are not touched.</summary>
/// <remarks>Replace the registration to keep the switch over restarts; the one that comes with this room forgets it.</remarks>
public interface IDrainSwitch
{
    /// <summary>Why bidding is stopped; null while it is not. Reading takes no lock.</summary>
    string? Reason { get; }

    /// <summary>Raised after each change, on the thread that made it.</summary>
    event EventHandler? Changed;

    /// <summary>Turns it on, or changes the reason.</summary>
    /// <param name="reason">For people; not empty.</param>
    /// <param name="ct">Stops waiting where the switch is kept on disk.</param>
    Task DrainAsync(string reason, CancellationToken ct);

    /// <summary>Turns it off.</summary>
    Task UndrainAsync(CancellationToken ct);
}
