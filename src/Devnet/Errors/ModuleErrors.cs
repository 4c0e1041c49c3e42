namespace ProviderAgent.Devnet.Errors;

/// <summary>Errors of the escrow module.</summary>
internal static class EscrowErrors
{
    private const string Codespace = "escrow";

    public static ErrorKind AccountExists { get; } = new(Codespace, 1, "account exists");

    public static ErrorKind AccountClosed { get; } = new(Codespace, 2, "account closed");

    public static ErrorKind AccountNotFound { get; } = new(Codespace, 3, "account not found");

    public static ErrorKind AccountOverdrawn { get; } = new(Codespace, 4, "account overdrawn");

    public static ErrorKind InvalidDenomination { get; } = new(Codespace, 5, "invalid denomination");

    public static ErrorKind PaymentExists { get; } = new(Codespace, 6, "payment exists");

    public static ErrorKind PaymentClosed { get; } = new(Codespace, 7, "payment closed");

    public static ErrorKind PaymentNotFound { get; } = new(Codespace, 8, "payment not found");

    public static ErrorKind RateZero { get; } = new(Codespace, 9, "payment rate zero");

    public static ErrorKind InvalidId { get; } = new(Codespace, 12, "invalid ID");

    public static ErrorKind InvalidDeposit { get; } = new(Codespace, 16, "invalid deposit");
}

/// <summary>Errors of the provider module.</summary>
internal static class ProviderErrors
{
    private const string Codespace = "provider";

    public static ErrorKind InvalidHostUri { get; } = new(Codespace, 1, "invalid provider: invalid host uri");

    public static ErrorKind NotAbsoluteHostUri { get; } = new(Codespace, 2, "invalid provider: not absolute host uri");

    public static ErrorKind NotFound { get; } = new(Codespace, 3, "invalid provider: address not found");

    public static ErrorKind Exists { get; } = new(Codespace, 4, "invalid provider: already exists");

    public static ErrorKind InvalidWebsite { get; } = new(Codespace, 8, "invalid provider: invalid info website");
}

/// <summary>Errors of the certificate module.</summary>
internal static class CertErrors
{
    private const string Codespace = "cert";

    public static ErrorKind NotFound { get; } = new(Codespace, 1, "certificate not found");

    public static ErrorKind Exists { get; } = new(Codespace, 3, "certificate exists");

    public static ErrorKind AlreadyRevoked { get; } = new(Codespace, 4, "certificate already revoked");

    public static ErrorKind InvalidSerial { get; } = new(Codespace, 5, "invalid serial number");

    public static ErrorKind InvalidCertificate { get; } = new(Codespace, 6, "invalid certificate value");

    public static ErrorKind InvalidPublicKey { get; } = new(Codespace, 7, "invalid pubkey value");
}

/// <summary>Errors about attributes and deposit sources, which all modules share.</summary>
internal static class SharedErrors
{
    private const string Codespace = "akash";

    public static ErrorKind DuplicateAttributeKeys { get; } = new(Codespace, 1, "attributes cannot have duplicate keys");

    public static ErrorKind InvalidAttributeKey { get; } = new(Codespace, 2, "attribute key does not match regexp");

    public static ErrorKind InvalidDepositSource { get; } = new(Codespace, 4, "invalid deposit source");
}
