using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

/// <summary>An account that has ever received something.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Number">Given at creation, never changes; part of what its transactions sign.</param>
/// <param name="Sequence">The next transaction's number.</param>
/// <param name="PublicKey">33 bytes; null until its first transaction.</param>
/// <param name="ModuleName">Set for accounts that belong to the chain itself.</param>
internal sealed record AccountRow(AccountAddress Address, ulong Number, ulong Sequence, ByteString? PublicKey, string? ModuleName = null) : IRow
{
    public int StateCode => 0;

    public Wire.Auth.BaseAccount ToWire() => new()
    {
        Address = Address.Value,
        AccountNumber = Number,
        Sequence = Sequence,
        PubKey = PublicKey is null ? null : PackPublicKey(PublicKey),
    };

    public IMessage ToStored() =>
        ModuleName is null ? ToWire() : new Wire.Auth.ModuleAccount { BaseAccount = ToWire(), Name = ModuleName };

    /// <summary>The key in the envelope in which accounts and transactions carry it.</summary>
    public static Any PackPublicKey(ByteString compressed) => new()
    {
        TypeUrl = PublicKeyType,
        Value = new Wire.Crypto.PubKey { Key = compressed }.ToByteString(),
    };

    /// <summary>Type URL of the only kind of key that this chain knows.</summary>
    public const string PublicKeyType = "/cosmos.crypto.secp256k1.PubKey";
}
