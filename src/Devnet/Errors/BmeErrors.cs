namespace ProviderAgent.Devnet.Errors;

/// <summary>Errors of the module that turns one coin into another.</summary>
internal static class BmeErrors
{
    private const string Codespace = "bme";

    public static ErrorKind OracleUnhealthy { get; } = new(Codespace, 5, "oracle is unhealthy");

    public static ErrorKind CircuitBreaker { get; } = new(Codespace, 6, "circuit breaker is active");

    public static ErrorKind InvalidAmount { get; } = new(Codespace, 8, "invalid amount");

    public static ErrorKind InvalidDenom { get; } = new(Codespace, 9, "invalid denom");

    public static ErrorKind BelowPrecision { get; } = new(Codespace, 16, "amount is below precision");

    public static ErrorKind MinimumMint { get; } = new(Codespace, 17, "amount is below the minimum mint");
}
