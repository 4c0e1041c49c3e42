using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.State.Rows;

/// <summary>A used time stamp of an unordered transaction: the same sender may not use it again.</summary>
/// <param name="Seconds">Unix seconds of the transaction's own time limit.</param>
/// <param name="Nanos">Nanoseconds of it.</param>
/// <param name="Sender">The signer.</param>
internal readonly record struct NonceId(long Seconds, int Nanos, AccountAddress Sender)
{
    public static IComparer<NonceId> Order { get; } = Comparer<NonceId>.Create((x, y) =>
        (x.Seconds, x.Nanos).CompareTo((y.Seconds, y.Nanos)) is var first and not 0 ? first : x.Sender.CompareTo(y.Sender));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seconds}.{Nanos}/{Sender}");
}

internal sealed record NonceRow(NonceId Id) : IRow
{
    public int StateCode => 0;

    public IMessage ToStored() => new Timestamp { Seconds = Id.Seconds, Nanos = Id.Nanos };
}
