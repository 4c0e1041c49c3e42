namespace ProviderAgent.Bidding;

/// <summary>The repeated acts that other parts of this room can ask for out of turn.</summary>
internal sealed class BiddingPulses(TimeProvider time)
{
    /// <summary>Compares our bids and leases with the market.</summary>
    public Pulse Reconcile { get; } = new(time);

    /// <summary>Lists the open orders for those that were missed or can be judged anew.</summary>
    public Pulse Scan { get; } = new(time);

    /// <summary>Renews what is set aside.</summary>
    public Pulse Upkeep { get; } = new(time);
}
