namespace ProviderAgent.Marketplace;

/// <summary>A tenant's deployment: <c>owner/dseq</c>.</summary>
public readonly record struct DeploymentId(AccountAddress Owner, ulong Dseq)
{
    public static bool TryParse(ReadOnlySpan<char> text, out DeploymentId id)
    {
        id = default;
        Span<Range> part = stackalloc Range[2];
        if (!IdText.TrySplit(text, part)
            || !AccountAddress.TryParse(text[part[0]], out var owner)
            || !IdText.TryNumber(text[part[1]], out ulong dseq)) return false;
        id = new(owner, dseq);
        return true;
    }

    /// <exception cref="FormatException">The text is not <c>owner/dseq</c>.</exception>
    public static DeploymentId Parse(string text) => IdText.Parsed(TryParse(text, out var id), id, "deployment id (owner/dseq)", text);

    public override string ToString() => $"{Owner}/{Dseq}";
}
