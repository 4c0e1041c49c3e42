namespace ProviderAgent.Gateway;

/// <summary>Knows how the market writes accounts. Pure; called concurrently.</summary>
public interface IAccountFormat
{
    /// <summary>True when the text is an account of this market, checksum and all; says nothing about whether it exists.</summary>
    bool IsAccount(string text);
}
