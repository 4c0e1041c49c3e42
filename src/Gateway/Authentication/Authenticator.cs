using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Who is calling.</summary>
internal abstract record Caller
{
    private Caller()
    {
    }

    public sealed record Known(LeaseAccess Access) : Caller;

    /// <param name="Status">HTTP status.</param>
    /// <param name="Message">For the caller.</param>
    public sealed record Refused(int Status, string Message) : Caller;
}

/// <summary>Finds out who is calling from the <c>Authorization</c> header. A caller without one is anonymous.</summary>
internal sealed partial class Authenticator(
    ClaimsReader claims,
    AccountKeys keys,
    ISignatureVerifier signatures,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<Authenticator> log)
{
    public async ValueTask<Caller> AuthenticateAsync(StringValues header, CancellationToken ct)
    {
        if (!AuthorizationHeader.TryRead(header, out var token)) return Refuse(400, "invalid authorization header", "header");
        if (token is null) return new Caller.Known(LeaseAccess.Anonymous);
        if (JwtToken.TryParse(token) is not { } jwt || claims.TryRead(jwt.Payload) is not { Issuer: { } issuer } claimed) return Invalid("malformed");
        if (SignedMessage.For(jwt, issuer) is not { } message) return Invalid("algorithm");
        byte[]? key;
        try
        {
            using var deadline = new CancellationTokenSource(options.Value.MarketTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
            key = await keys.FindAsync(issuer, either.Token);
        }
        catch (Exception e) when (e is MarketUnavailableException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Log.KeyUnavailable(log, e);
            return Refuse(500, "unknown error while processing JWT", "market");
        }

        if (key is null) return Invalid("unknown_account");
        if (!signatures.Verify(key, message, jwt.Signature.Span)) return Invalid("signature");
        return claimed.Check(time.GetUtcNow()) is { } access ? new Caller.Known(access) : Refuse(400, "JWT has invalid claims", "claims");
    }

    private Caller.Refused Invalid(string reason) => Refuse(401, "JWT is invalid", reason);

    private Caller.Refused Refuse(int status, string message, string reason)
    {
        metrics.TokenRefused(reason);
        return new(status, message);
    }

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Debug, "The market did not tell a tenant's public key; the request is refused and may be repeated", EventName = "KeyUnavailable")]
        public static partial void KeyUnavailable(ILogger logger, Exception error);
    }
}
