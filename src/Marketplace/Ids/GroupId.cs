namespace ProviderAgent.Marketplace;

/// <summary>One group of a deployment, leased as a whole: <c>owner/dseq/gseq</c>.</summary>
public readonly record struct GroupId(AccountAddress Owner, ulong Dseq, uint Gseq)
{
    public DeploymentId Deployment => new(Owner, Dseq);

    public static bool TryParse(ReadOnlySpan<char> text, out GroupId id)
    {
        id = default;
        Span<Range> part = stackalloc Range[3];
        if (!IdText.TrySplit(text, part)
            || !AccountAddress.TryParse(text[part[0]], out var owner)
            || !IdText.TryNumber(text[part[1]], out ulong dseq)
            || !IdText.TryNumber(text[part[2]], out uint gseq)) return false;
        id = new(owner, dseq, gseq);
        return true;
    }

    /// <exception cref="FormatException">The text is not <c>owner/dseq/gseq</c>.</exception>
    public static GroupId Parse(string text) => IdText.Parsed(TryParse(text, out var id), id, "group id (owner/dseq/gseq)", text);

    public override string ToString() => $"{Owner}/{Dseq}/{Gseq}";
}
