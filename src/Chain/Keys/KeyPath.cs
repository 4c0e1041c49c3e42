namespace ProviderAgent.Chain.Keys;

/// <summary>Which of a mnemonic's many keys is meant: m/44'/118'/<paramref name="Account"/>'/0/<paramref name="Index"/>.</summary>
/// <param name="Account">Below 2^31; wallets begin with 0.</param>
/// <param name="Index">Below 2^31; wallets begin with 0.</param>
public readonly record struct KeyPath(uint Account, uint Index);
