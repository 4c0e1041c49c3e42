namespace ProviderAgent.Devnet.Errors;

/// <summary>Errors of the market module.</summary>
internal static class MarketErrors
{
    private const string Codespace = "market";

    public static ErrorKind AttributeMismatch { get; } = new(Codespace, 5, "attribute mismatch");

    public static ErrorKind UnknownBid { get; } = new(Codespace, 6, "unknown bid");

    public static ErrorKind UnknownLease { get; } = new(Codespace, 7, "unknown lease");

    public static ErrorKind UnknownLeaseForBid { get; } = new(Codespace, 8, "unknown lease for bid");

    public static ErrorKind UnknownOrderForBid { get; } = new(Codespace, 9, "unknown order for bid");

    public static ErrorKind LeaseNotActive { get; } = new(Codespace, 10, "lease not active");

    public static ErrorKind BidNotActive { get; } = new(Codespace, 11, "bid not active");

    public static ErrorKind BidNotOpen { get; } = new(Codespace, 12, "bid not open");

    public static ErrorKind OrderNotOpen { get; } = new(Codespace, 13, "bid: order not open");

    public static ErrorKind OrderNotFound { get; } = new(Codespace, 15, "invalid order: order not found");

    public static ErrorKind GroupNotFound { get; } = new(Codespace, 16, "group not found");

    public static ErrorKind GroupNotOpen { get; } = new(Codespace, 17, "group not open");

    public static ErrorKind BidNotFound { get; } = new(Codespace, 18, "invalid bid: bid not found");

    public static ErrorKind ZeroPrice { get; } = new(Codespace, 19, "invalid bid: zero price");

    public static ErrorKind LeaseNotFound { get; } = new(Codespace, 20, "invalid lease: lease not found");

    public static ErrorKind BidExists { get; } = new(Codespace, 21, "invalid bid: bid exists from provider");

    public static ErrorKind InvalidPrice { get; } = new(Codespace, 22, "bid price is invalid");

    public static ErrorKind OrderActive { get; } = new(Codespace, 23, "order active");

    public static ErrorKind OrderClosed { get; } = new(Codespace, 24, "order closed");

    public static ErrorKind OrderExists { get; } = new(Codespace, 25, "order already exists in store");

    public static ErrorKind InvalidDeposit { get; } = new(Codespace, 28, "deposit invalid");

    public static ErrorKind UnknownProvider { get; } = new(Codespace, 30, "unknown provider");

    public static ErrorKind InvalidBid { get; } = new(Codespace, 31, "invalid bid");

    public static ErrorKind CapabilitiesMismatch { get; } = new(Codespace, 32, "capabilities mismatch");

    public static ErrorKind InvalidLeaseClosedReason { get; } = new(Codespace, 33, "invalid lease closed reason");

    public static ErrorKind LeaseNotReclaimable { get; } = new(Codespace, 35, "lease does not have reclamation configured");

    public static ErrorKind AlreadyReclaiming { get; } = new(Codespace, 36, "reclamation already in progress");

    public static ErrorKind ReclamationNotStarted { get; } = new(Codespace, 37, "reclamation not started; call MsgLeaseStartReclaim first");

    public static ErrorKind WindowNotElapsed { get; } = new(Codespace, 38, "reclamation window has not elapsed");

    public static ErrorKind WindowInvalid { get; } = new(Codespace, 39, "reclamation window outside governance bounds");

    public static ErrorKind ReclamationRequired { get; } = new(Codespace, 40, "order requires reclamation but bid does not offer it");

    public static ErrorKind WindowTooShort { get; } = new(Codespace, 41, "reclamation window shorter than order minimum");
}
