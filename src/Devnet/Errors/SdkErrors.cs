namespace ProviderAgent.Devnet.Errors;

/// <summary>Errors of the transaction machinery, codespace <c>sdk</c>, and the two of codespace <c>undefined</c>.</summary>
internal static class SdkErrors
{
    private const string Codespace = "sdk";

    public static ErrorKind TxDecode { get; } = new(Codespace, 2, "tx parse error");

    public static ErrorKind InvalidSequence { get; } = new(Codespace, 3, "invalid sequence");

    public static ErrorKind Unauthorized { get; } = new(Codespace, 4, "unauthorized");

    public static ErrorKind InsufficientFunds { get; } = new(Codespace, 5, "insufficient funds");

    public static ErrorKind UnknownRequest { get; } = new(Codespace, 6, "unknown request");

    public static ErrorKind InvalidAddress { get; } = new(Codespace, 7, "invalid address");

    public static ErrorKind InvalidPublicKey { get; } = new(Codespace, 8, "invalid pubkey");

    public static ErrorKind UnknownAddress { get; } = new(Codespace, 9, "unknown address");

    public static ErrorKind OutOfGas { get; } = new(Codespace, 11, "out of gas");

    public static ErrorKind MemoTooLarge { get; } = new(Codespace, 12, "memo too large");

    public static ErrorKind InsufficientFee { get; } = new(Codespace, 13, "insufficient fee");

    public static ErrorKind TooManySignatures { get; } = new(Codespace, 14, "maximum number of signatures exceeded");

    public static ErrorKind NoSignatures { get; } = new(Codespace, 15, "no signatures supplied");

    public static ErrorKind InvalidRequest { get; } = new(Codespace, 18, "invalid request");

    public static ErrorKind KeyNotFound { get; } = new(Codespace, 22, "key not found");

    public static ErrorKind InvalidHeight { get; } = new(Codespace, 26, "invalid height");

    public static ErrorKind TxTimeoutHeight { get; } = new(Codespace, 30, "tx timeout height");

    public static ErrorKind UnknownExtensionOptions { get; } = new(Codespace, 31, "unknown extension options");

    public static ErrorKind WrongSequence { get; } = new(Codespace, 32, "incorrect account sequence");

    public static ErrorKind Conflict { get; } = new(Codespace, 36, "conflict");

    public static ErrorKind NotFound { get; } = new(Codespace, 38, "not found");

    public static ErrorKind InvalidGasLimit { get; } = new(Codespace, 41, "invalid gas limit");

    public static ErrorKind TxTimeout { get; } = new(Codespace, 42, "tx timeout");

    public static ErrorKind Panic { get; } = new("undefined", 111222, "panic");

    /// <summary>An error that no module registered: its text stands alone.</summary>
    public static TransactionException Unregistered(string message) => new(new("undefined", 1, "internal"), message);
}
