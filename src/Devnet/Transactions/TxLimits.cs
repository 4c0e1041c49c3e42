using System.Numerics;
using ProviderAgent.Devnet.State;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Bounds and prices of transactions: the framework's own, and what this node asks for gas.</summary>
/// <param name="MinGasPrice">In the fee coin, per unit of gas. Only asked when a transaction enters the mempool.</param>
internal sealed record TxLimits(Decimal18 MinGasPrice)
{
    public const int MaxMemoCharacters = 256;
    public const int MaxSignatures = 7;
    public const ulong GasPerByte = 10;
    public const ulong GasPerSignature = 1_000;
    public const ulong GasPerUnorderedNonce = 2_240;

    /// <summary>How far ahead the time limit of an unordered transaction may lie.</summary>
    public static readonly TimeSpan MaxUnorderedLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Least fee for an amount of gas, rounded up to whole coins.</summary>
    public ChainCoin LeastFee(ulong gas)
    {
        var exact = MinGasPrice.Atomics * gas;
        var one = Decimal18.One.Atomics;
        return new((exact + one - BigInteger.One) / one, ChainParameters.FeeDenom);
    }
}
