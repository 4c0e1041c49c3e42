using System.Globalization;
using Google.Protobuf;
using ProviderAgent.Chain.Wire.Bme;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

/// <param name="Height">Block in which it was asked for.</param>
/// <param name="Sequence">Its number within that block, from 1.</param>
internal readonly record struct BmeRecordId(long Height, long Sequence)
{
    public static IComparer<BmeRecordId> Order { get; } = Comparer<BmeRecordId>.Create((x, y) => (x.Height, x.Sequence).CompareTo((y.Height, y.Sequence)));

    public static bool TryParse(string text, out BmeRecordId id)
    {
        id = default;
        var parts = text.Split('/');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        id = new(height, sequence);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Height}/{Sequence}");
}

/// <summary>One coin that is to become another, or has.</summary>
/// <param name="Id">When it was asked for.</param>
/// <param name="Entry">As it is shown; never changed.</param>
internal sealed record BmeRow(BmeRecordId Id, QueryLedgerRecordEntry Entry) : IRow
{
    public int StateCode => (int)Entry.Status;

    public AccountAddress Owner => AccountAddress.Parse(Entry.Id.Source);

    public IMessage ToStored() => Entry;
}
