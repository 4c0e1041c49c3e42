using System.Collections.Frozen;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>What the chain's registered errors mean for the market. Pure.</summary>
internal static class RefusalMap
{
    private static readonly FrozenDictionary<(string, uint), MarketRefusal> Codes = new Dictionary<(string, uint), MarketRefusal>
    {
        [("market", 5)] = MarketRefusal.AttributesMismatch,
        [("market", 6)] = MarketRefusal.BidNotFound,
        [("market", 7)] = MarketRefusal.LeaseNotFound,
        [("market", 8)] = MarketRefusal.BidNotOpen, // no lease for the bid: what closing a lost bid is answered with
        [("market", 9)] = MarketRefusal.OrderNotFound,
        [("market", 10)] = MarketRefusal.LeaseNotActive,
        [("market", 11)] = MarketRefusal.BidNotOpen,
        [("market", 12)] = MarketRefusal.BidNotOpen,
        [("market", 13)] = MarketRefusal.OrderNotOpen,
        [("market", 14)] = MarketRefusal.LeaseNotFound,
        [("market", 15)] = MarketRefusal.OrderNotFound,
        [("market", 16)] = MarketRefusal.OrderNotFound,
        [("market", 17)] = MarketRefusal.OrderNotOpen,
        [("market", 18)] = MarketRefusal.BidNotFound,
        [("market", 20)] = MarketRefusal.LeaseNotFound,
        [("market", 21)] = MarketRefusal.BidExists,
        [("market", 22)] = MarketRefusal.PriceAboveLimit,
        [("market", 23)] = MarketRefusal.OrderNotOpen,
        [("market", 24)] = MarketRefusal.OrderNotOpen,
        [("market", 28)] = MarketRefusal.DepositInvalid,
        [("market", 30)] = MarketRefusal.ProviderNotRegistered,
        [("market", 32)] = MarketRefusal.CapabilitiesMismatch,
        [("market", 36)] = MarketRefusal.ReclaimAlreadyStarted,
        [("market", 37)] = MarketRefusal.ReclaimNotStarted,
        [("market", 38)] = MarketRefusal.ReclaimWindowNotElapsed,
        [("market", 39)] = MarketRefusal.ReclaimWindowOutOfBounds,
        [("market", 40)] = MarketRefusal.ReclaimRequired,
        [("market", 41)] = MarketRefusal.ReclaimWindowTooShort,
        [("provider", 3)] = MarketRefusal.ProviderNotRegistered,
        [("provider", 4)] = MarketRefusal.ProviderExists,
        [("cert", 3)] = MarketRefusal.CertificateExists,
        [("sdk", 4)] = MarketRefusal.Unauthorized,
        [("sdk", 5)] = MarketRefusal.InsufficientFunds,
        [("sdk", 8)] = MarketRefusal.Unauthorized,
        [("sdk", 9)] = MarketRefusal.Unauthorized,
        [("sdk", 13)] = MarketRefusal.FeeTooLow,
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

    /// <summary>The meaning of a code; <see cref="MarketRefusal.Other"/> when it has none of its own.</summary>
    public static MarketRefusal FromCode(string codespace, uint code) => Codes.GetValueOrDefault((codespace, code), MarketRefusal.Other);

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
