namespace ProviderAgent.Devnet.Errors;

/// <summary>A registered error of the chain: what programs match on is the pair of codespace and code.</summary>
/// <param name="Codespace">The module that registered it, for example <c>market</c>.</param>
/// <param name="Code">Its number within the module; never 0.</param>
/// <param name="Text">The registered text, which ends every message about it.</param>
internal sealed record ErrorKind(string Codespace, uint Code, string Text)
{
    /// <summary>The error without further words.</summary>
    public TransactionException Exception() => new(this, Text);

    /// <summary>The error with a detail in front, as most modules write it.</summary>
    public TransactionException Because(string detail) => new(this, $"{detail}: {Text}");

    /// <summary>The error with a detail behind it, as the market and deployment modules write their parameter checks.</summary>
    public TransactionException With(string detail) => new(this, $"{Text}: {detail}");
}
