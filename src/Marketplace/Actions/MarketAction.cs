namespace ProviderAgent.Marketplace;

/// <summary>Something that this provider does on the market. Each costs a fee, so each is written down before it is sent.</summary>
public abstract record MarketAction
{
    private MarketAction()
    {
    }

    /// <param name="Bid">The bid to place.</param>
    /// <param name="Price">For the whole group; in the coin of the order's price limit.</param>
    /// <param name="Deposit">Locked until the bid or its lease ends.</param>
    /// <param name="Offer">What is really reserved, for example the concrete GPU model in place of a wildcard; empty means "as asked".</param>
    /// <param name="ReclaimWindow">Notice that this provider promises to give; null for none.</param>
    public sealed record PlaceBid(BidId Bid, Rate Price, Coin Deposit, ValueList<ResourceUnit> Offer, TimeSpan? ReclaimWindow) : MarketAction;

    /// <summary>Takes an open bid back, or ends the lease that it became (which pauses the tenant's group).</summary>
    public sealed record CloseBid(BidId Bid, LeaseCloseReason Reason) : MarketAction;

    /// <summary>Pays out what a lease has earned so far.</summary>
    public sealed record Withdraw(LeaseId Lease) : MarketAction;

    /// <summary>Gives notice on a lease that promised a reclaim window.</summary>
    public sealed record StartReclaim(LeaseId Lease, LeaseCloseReason Reason) : MarketAction;

    /// <summary>Makes the provider's public entry.</summary>
    public sealed record CreateProvider(ProviderRecord Record) : MarketAction;

    /// <summary>Replaces the provider's public entry as a whole.</summary>
    public sealed record UpdateProvider(ProviderRecord Record) : MarketAction;

    /// <summary>Puts the gateway's certificate on the market.</summary>
    public sealed record PublishCertificate(string CertificatePem, string PublicKeyPem) : MarketAction;

    /// <summary>Takes a certificate of this provider out of use for good.</summary>
    /// <param name="Serial">Its serial number as decimal digits; never to be used again.</param>
    public sealed record RevokeCertificate(string Serial) : MarketAction;

    /// <summary>Turns earnings into the coin that fees are paid in. Done means that the coins have left the account; what they become comes later.</summary>
    /// <param name="Burned">What to give, in the coin that leases pay.</param>
    public sealed record Convert(Coin Burned) : MarketAction;
}
