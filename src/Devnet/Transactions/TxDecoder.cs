using Google.Protobuf;
using ProviderAgent.Devnet.Errors;
using ProviderAgent.Devnet.Messages;

namespace ProviderAgent.Devnet.Transactions;

/// <summary>Reads a transaction as strictly as a node: one way to write the envelope, no field that is not known.</summary>
internal sealed class TxDecoder(MessageCatalog catalog)
{
    private readonly WireInspector _inspector = new(catalog);

    /// <exception cref="TransactionException">Code 2: the form is wrong.</exception>
    public DecodedTx Decode(ReadOnlySpan<byte> bytes)
    {
        if (!IsCanonical(bytes)) throw SdkErrors.TxDecode.Because("transaction is not canonical");
        try
        {
            Inspect(bytes, Wire.Tx.TxRaw.Descriptor);
            var raw = Wire.Tx.TxRaw.Parser.ParseFrom(bytes);
            Inspect(raw.BodyBytes.Span, Wire.Tx.TxBody.Descriptor);
            Inspect(raw.AuthInfoBytes.Span, Wire.Tx.AuthInfo.Descriptor);
            var body = Wire.Tx.TxBody.Parser.ParseFrom(raw.BodyBytes);
            return new(bytes.Length, raw, body, Wire.Tx.AuthInfo.Parser.ParseFrom(raw.AuthInfoBytes), [.. body.Messages.Select(Read)]);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw SdkErrors.TxDecode.Because(e.Message);
        }
    }

    private (IMessageHandler Handler, IMessage Message) Read(Google.Protobuf.WellKnownTypes.Any any)
    {
        var handler = catalog.Find(any.TypeUrl) ?? throw SdkErrors.TxDecode.Because($"unable to resolve type URL {any.TypeUrl}");
        return (handler, handler.Parse(any.Value));
    }

    private void Inspect(ReadOnlySpan<byte> bytes, Google.Protobuf.Reflection.MessageDescriptor type)
    {
        if (_inspector.FindFault(bytes, type) is { } fault) throw SdkErrors.TxDecode.Because(fault);
    }

    /// <summary>Fields in ascending order, the first two at most once, every varint in its shortest form.</summary>
    private static bool IsCanonical(ReadOnlySpan<byte> bytes)
    {
        var input = new WireCursor(bytes);
        ulong last = 0;
        while (!input.IsAtEnd)
        {
            if (!input.TryVarint(out var tag, out var shortTag) || !shortTag
                || !input.TryVarint(out var length, out var shortLength) || !shortLength
                || length > int.MaxValue || !input.TrySkip((int)length)) return false;
            var number = tag >> 3;
            if ((tag & 7) != 2 || number < last || (number == last && number != 3)) return false;
            last = number;
        }

        return true;
    }
}
