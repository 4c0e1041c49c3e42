using System.Collections.Frozen;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>What the chain's registered errors mean for the market. Pure.</summary>
internal static class RefusalMap
{
    /// <summary>Every registered error that has a meaning of its own for a provider. The rest are defects of ours or of the chain.</summary>
    private static readonly FrozenDictionary<(string, uint), MarketRefusal> Codes = Table(
        ("market", MarketRefusal.PriceAboveLimit, [4, 22]),
        ("market", MarketRefusal.AttributesMismatch, [5]),
        ("market", MarketRefusal.BidNotFound, [6, 18]),
        ("market", MarketRefusal.LeaseNotFound, [7, 14, 20]),
        ("market", MarketRefusal.BidNotOpen, [8, 11, 12]), // 8, no lease for the bid, is what closing a lost bid is answered with
        ("market", MarketRefusal.OrderNotFound, [9, 15, 16]),
        ("market", MarketRefusal.LeaseNotActive, [10]),
        ("market", MarketRefusal.OrderNotOpen, [13, 17, 23, 24, 26]),
        ("market", MarketRefusal.BidExists, [21]),
        ("market", MarketRefusal.DepositInvalid, [28]),
        ("market", MarketRefusal.ProviderNotRegistered, [30]),
        ("market", MarketRefusal.CapabilitiesMismatch, [32]),
        ("market", MarketRefusal.LeaseNotReclaimable, [35]),
        ("market", MarketRefusal.ReclaimAlreadyStarted, [36]),
        ("market", MarketRefusal.ReclaimNotStarted, [37]),
        ("market", MarketRefusal.ReclaimWindowNotElapsed, [38]),
        ("market", MarketRefusal.ReclaimWindowOutOfBounds, [39]),
        ("market", MarketRefusal.ReclaimRequired, [40]),
        ("market", MarketRefusal.ReclaimWindowTooShort, [41]),
        ("deployment", MarketRefusal.OrderNotFound, [4, 14]),
        ("deployment", MarketRefusal.OrderNotOpen, [5, 15, 17, 18]),
        ("provider", MarketRefusal.ProviderInvalid, [1, 2, 6, 7, 8]),
        ("provider", MarketRefusal.ProviderNotRegistered, [3]),
        ("provider", MarketRefusal.ProviderExists, [4]),
        ("akash", MarketRefusal.ProviderInvalid, [1, 2]), // keys of attributes
        ("cert", MarketRefusal.CertificateNotValid, [1, 4]),
        ("cert", MarketRefusal.CertificateExists, [3]),
        ("cert", MarketRefusal.CertificateInvalid, [2, 5, 6, 7, 8, 9]),
        ("escrow", MarketRefusal.LeaseNotActive, [2, 4, 7]),
        ("escrow", MarketRefusal.LeaseNotFound, [3, 8]),
        ("escrow", MarketRefusal.DepositInvalid, [5, 14, 15, 16, 17]),
        ("bme", MarketRefusal.ConversionHalted, [5, 6, 7, 12, 14, 15]),
        ("bme", MarketRefusal.ConversionTooSmall, [8, 16, 17]),
        ("sdk", MarketRefusal.Unauthorized, [4, 8, 9]),
        ("sdk", MarketRefusal.InsufficientFunds, [5]),
        ("sdk", MarketRefusal.FeeTooLow, [13]));

    private static readonly FrozenDictionary<(string, uint), CodeTreatment> Treatments = new Dictionary<(string, uint), CodeTreatment>
    {
        [("sdk", 3)] = CodeTreatment.Resync,
        [("sdk", SdkCodes.WrongSequence)] = CodeTreatment.Resync,
        [("sdk", SdkCodes.Unauthorized)] = CodeTreatment.ReadAccount,
        [("sdk", SdkCodes.OutOfGas)] = CodeTreatment.MoreGas,
        [("sdk", SdkCodes.InsufficientFee)] = CodeTreatment.RaisePrice,
        [("sdk", SdkCodes.AlreadyInPool)] = CodeTreatment.IsSent,
        [("sdk", SdkCodes.PoolFull)] = CodeTreatment.TryLater,
        [("sdk", SdkCodes.TimeoutHeight)] = CodeTreatment.Rebuild,
        [("sdk", SdkCodes.Timeout)] = CodeTreatment.Rebuild,
    }.ToFrozenDictionary();

    // Simulation has no codes, only the registered texts at the end of its message. Longer texts first: some end like others.
    private static readonly (string Text, string Codespace, uint Code)[] Texts =
    [
        .. new (string Text, string Codespace, uint Code)[]
        {
            ("attribute mismatch", "market", 5),
            ("unknown bid", "market", 6),
            ("unknown lease", "market", 7),
            ("unknown lease for bid", "market", 8),
            ("unknown order for bid", "market", 9),
            ("lease not active", "market", 10),
            ("bid not active", "market", 11),
            ("bid not open", "market", 12),
            ("bid: order not open", "market", 13),
            ("no lease for order", "market", 14),
            ("invalid order: order not found", "market", 15),
            ("group not open", "market", 17),
            ("invalid bid: bid not found", "market", 18),
            ("invalid lease: lease not found", "market", 20),
            ("invalid bid: bid exists from provider", "market", 21),
            ("bid price is invalid", "market", 22),
            ("order active", "market", 23),
            ("order closed", "market", 24),
            ("deposit invalid", "market", 28),
            ("unknown provider", "market", 30),
            ("invalid bid", "market", 31),
            ("capabilities mismatch", "market", 32),
            ("lease does not have reclamation configured", "market", 35),
            ("reclamation already in progress", "market", 36),
            ("reclamation not started; call MsgLeaseStartReclaim first", "market", 37),
            ("reclamation window has not elapsed", "market", 38),
            ("reclamation window outside governance bounds", "market", 39),
            ("order requires reclamation but bid does not offer it", "market", 40),
            ("reclamation window shorter than order minimum", "market", 41),
            ("invalid provider: address not found", "provider", 3),
            ("invalid provider: already exists", "provider", 4),
            ("certificate exists", "cert", 3),
            ("unauthorized", "sdk", 4),
            ("insufficient funds", "sdk", 5),
            ("unknown address", "sdk", 9),
            ("out of gas", "sdk", 11),
            ("insufficient fee", "sdk", 13),
            ("tx timeout height", "sdk", 30),
            ("incorrect account sequence", "sdk", 32),
            ("tx timeout", "sdk", 42),
        }.OrderByDescending(entry => entry.Text.Length),
    ];

    /// <summary>What the sender does about a code before any block; <see cref="CodeTreatment.Refuse"/> when nothing can be done.</summary>
    public static CodeTreatment TreatmentOf(string codespace, uint code) => Treatments.GetValueOrDefault((codespace, code), CodeTreatment.Refuse);

    /// <summary>The meaning of a code; <see cref="MarketRefusal.Other"/> when it has none of its own.</summary>
    public static MarketRefusal FromCode(string codespace, uint code) => Codes.GetValueOrDefault((codespace, code), MarketRefusal.Other);

    private static FrozenDictionary<(string, uint), MarketRefusal> Table(params (string Codespace, MarketRefusal Meaning, uint[] Codes)[] rows) =>
        rows.SelectMany(row => row.Codes.Select(code => KeyValuePair.Create((row.Codespace, code), row.Meaning))).ToFrozenDictionary();

    /// <summary>Some modules write the registered text first and the detail after it; that can only be told where the message's index stands before it.</summary>
    private static bool IsDetailed(string message, string registered)
    {
        const string mark = "message index: ";
        var from = message.IndexOf(mark, StringComparison.Ordinal);
        var text = from < 0 ? -1 : message.IndexOf(": ", from + mark.Length, StringComparison.Ordinal);
        if (text < 0) return false;
        var detailed = message.AsSpan(text + 2);
        return detailed.StartsWith(registered, StringComparison.Ordinal) && detailed[registered.Length..].StartsWith(": ", StringComparison.Ordinal);
    }

    /// <summary>The registered error that a simulation's text ends with; null when it ends with none.</summary>
    public static (string Codespace, uint Code)? FromText(string text)
    {
        // Nodes append how much gas was used.
        var cut = text.LastIndexOf(" with gas used: ", StringComparison.Ordinal);
        var message = cut < 0 ? text : text[..cut];
        foreach (var (registered, codespace, code) in Texts)
        {
            if (IsDetailed(message, registered)) return (codespace, code);
            if (!message.EndsWith(registered, StringComparison.Ordinal)) continue;
            var before = message.Length - registered.Length;
            if (before == 0 || message.AsSpan(0, before).EndsWith(": ", StringComparison.Ordinal)) return (codespace, code);
        }

        return null;
    }
}

/// <summary>What can be done about an error that a node's check found.</summary>
internal enum CodeTreatment
{
    /// <summary>Nothing: whoever waits is told no.</summary>
    Refuse,

    /// <summary>The sequence is read anew.</summary>
    Resync,

    /// <summary>The account is read anew, once.</summary>
    ReadAccount,

    /// <summary>Built anew with a higher limit, up to the ceiling.</summary>
    MoreGas,

    /// <summary>The node's price is asked for, and paid up to the highest one.</summary>
    RaisePrice,

    /// <summary>It is there already: its outcome is waited for.</summary>
    IsSent,

    /// <summary>The same bytes are sent again later.</summary>
    TryLater,

    /// <summary>Its time is over: built anew.</summary>
    Rebuild,
}
