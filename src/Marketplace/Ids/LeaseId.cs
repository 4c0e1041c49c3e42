namespace ProviderAgent.Marketplace;

/// <summary>A won bid: <c>owner/dseq/gseq/oseq/provider</c>, the same five parts as the <see cref="BidId"/> that it came from.</summary>
public readonly record struct LeaseId(OrderId Order, AccountAddress Provider)
{
    public AccountAddress Owner => Order.Owner;

    public DeploymentId Deployment => Order.Deployment;

    public GroupId Group => Order.Group;

    public BidId Bid => new(Order, Provider);

    public static bool TryParse(ReadOnlySpan<char> text, out LeaseId id)
    {
        var ok = BidId.TryParse(text, out var bid);
        id = bid.Lease;
        return ok;
    }

    /// <exception cref="FormatException">The text is not <c>owner/dseq/gseq/oseq/provider</c>.</exception>
    public static LeaseId Parse(string text) => IdText.Parsed(TryParse(text, out var id), id, "lease id (owner/dseq/gseq/oseq/provider)", text);

    public override string ToString() => $"{Order}/{Provider}";
}
