namespace ProviderAgent.Marketplace;

/// <summary>A call for bids on a group: <c>owner/dseq/gseq/oseq</c>. A group that is leased anew gets the next <c>oseq</c>.</summary>
public readonly record struct OrderId(AccountAddress Owner, ulong Dseq, uint Gseq, uint Oseq)
{
    public DeploymentId Deployment => new(Owner, Dseq);

    public GroupId Group => new(Owner, Dseq, Gseq);

    public static bool TryParse(ReadOnlySpan<char> text, out OrderId id)
    {
        id = default;
        Span<Range> part = stackalloc Range[4];
        if (!IdText.TrySplit(text, part)
            || !AccountAddress.TryParse(text[part[0]], out var owner)
            || !IdText.TryNumber(text[part[1]], out ulong dseq)
            || !IdText.TryNumber(text[part[2]], out uint gseq)
            || !IdText.TryNumber(text[part[3]], out uint oseq)) return false;
        id = new(owner, dseq, gseq, oseq);
        return true;
    }

    /// <exception cref="FormatException">The text is not <c>owner/dseq/gseq/oseq</c>.</exception>
    public static OrderId Parse(string text) => IdText.Parsed(TryParse(text, out var id), id, "order id (owner/dseq/gseq/oseq)", text);

    public override string ToString() => $"{Owner}/{Dseq}/{Gseq}/{Oseq}";
}
