namespace ProviderAgent.Marketplace;

/// <summary>One provider's bid on an order: <c>owner/dseq/gseq/oseq/provider</c>. A provider bids at most once on an order, ever.</summary>
public readonly record struct BidId(OrderId Order, AccountAddress Provider)
{
    /// <summary>The lease that this bid becomes when the tenant accepts it.</summary>
    public LeaseId Lease => new(Order, Provider);

    public static bool TryParse(ReadOnlySpan<char> text, out BidId id)
    {
        id = default;
        var cut = text.LastIndexOf('/');
        if (cut < 0 || !OrderId.TryParse(text[..cut], out var order) || !AccountAddress.TryParse(text[(cut + 1)..], out var provider)) return false;
        id = new(order, provider);
        return true;
    }

    /// <exception cref="FormatException">The text is not <c>owner/dseq/gseq/oseq/provider</c>.</exception>
    public static BidId Parse(string text) => IdText.Parsed(TryParse(text, out var id), id, "bid id (owner/dseq/gseq/oseq/provider)", text);

    public override string ToString() => $"{Order}/{Provider}";
}
