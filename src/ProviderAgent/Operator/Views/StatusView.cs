namespace ProviderAgent.Operator.Views;

/// <summary>How the provider is doing, in one document.</summary>
/// <param name="Schema">Version of this document.</param>
/// <param name="Version">Version of the daemon.</param>
/// <param name="Account">The provider's account.</param>
/// <param name="HostUri">Where tenants reach it.</param>
/// <param name="StartedAt">When the daemon started.</param>
/// <param name="Chain">What is known of the chain.</param>
/// <param name="Engine">What is known of the container engine.</param>
/// <param name="Ledger">How the ledger fares.</param>
/// <param name="Bidding">How bidding stands.</param>
/// <param name="Leases">Running leases.</param>
/// <param name="Resources">What is for sale and what is taken.</param>
/// <param name="Problems">What a person should look at; empty when all is well.</param>
public sealed record StatusView(
    int Schema,
    string Version,
    string Account,
    string HostUri,
    DateTimeOffset StartedAt,
    ChainView Chain,
    PartView Engine,
    PartView Ledger,
    BiddingView Bidding,
    int Leases,
    IReadOnlyList<ResourceView> Resources,
    IReadOnlyList<string> Problems)
{
    /// <summary>Whether this host is reached from outside.</summary>
    public ReachView? Reach { get; init; }
}

/// <param name="Ok">It answers and keeps up.</param>
/// <param name="Network">Name of the network.</param>
/// <param name="Tick">Latest block seen.</param>
/// <param name="TickAgeSeconds">How long ago that block was made.</param>
/// <param name="Detail">One line for people.</param>
public sealed record ChainView(bool Ok, string Network, long? Tick, double? TickAgeSeconds, string Detail);

/// <param name="Ok">It works.</param>
/// <param name="Detail">One line for people.</param>
public sealed record PartView(bool Ok, string Detail);

/// <param name="Ready">What an earlier run left is settled.</param>
/// <param name="Draining">Why the operator stopped bidding; null when not.</param>
/// <param name="Paused">What bidding waits for; null when it does not.</param>
/// <param name="LiveOrders">Orders that are looked at, bid on or waited for.</param>
/// <param name="OpenBids">Bids that stand or are on their way.</param>
/// <param name="LastDecisionAt">When an order was last decided on.</param>
/// <param name="LastBidAt">When a bid was last placed.</param>
public sealed record BiddingView(bool Ready, string? Draining, string? Paused, int LiveOrders, int OpenBids, DateTimeOffset? LastDecisionAt, DateTimeOffset? LastBidAt);

/// <param name="Kind">cpu (thousandths of a thread), memory, storage (bytes), gpu (devices).</param>
/// <param name="Total">For sale in all.</param>
/// <param name="Used">Reserved or leased.</param>
/// <param name="Free">For sale now.</param>
/// <param name="Fault">Why it is not for sale; null when it is.</param>
public sealed record ResourceView(string Kind, long Total, long Used, long Free, string? Fault);
