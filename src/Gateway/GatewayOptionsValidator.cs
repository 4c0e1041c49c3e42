using System.Net;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    private static readonly Version MinVersion = new(0, 5, 0);

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (!TryParseListener(options.Rest, out _))
            errors.AddError($"must be an address and a port such as 0.0.0.0:8443 or [::]:8443, was '{options.Rest}'", "gateway.rest");
        if (!Version.TryParse(options.CompatibleVersion, out var version) || version.Build < 0 || version.Revision >= 0 || version < MinVersion)
            errors.AddError($"must be three numbers, at least {MinVersion}, was '{options.CompatibleVersion}'", "gateway.compatible_version");
        Check(errors, "gateway.market_timeout", options.MarketTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
        Check(errors, "gateway.deployment_cache", options.DeploymentCache, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        CheckLimits(errors, options.Limits);
        return errors.Build();
    }

    /// <summary>Reads an address with a port; a bare address or port is not enough.</summary>
    internal static bool TryParseListener(string text, out IPEndPoint endpoint)
    {
        endpoint = new(IPAddress.Any, 0);
        // IPEndPoint reads an address without a port as port 0.
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out _) || (text.Count(c => c == ':') > 1 && !text.StartsWith('['))
            || !IPEndPoint.TryParse(text, out var parsed)) return false;
        endpoint = parsed;
        return true;
    }

    private static void CheckLimits(ValidateOptionsResultBuilder errors, GatewayLimits limits)
    {
        Check(errors, "gateway.limits.body", limits.Body, new(64 * ByteSize.KiB), new(64 * ByteSize.MiB));
        Check(errors, "gateway.limits.headers", limits.Headers, new(8 * ByteSize.KiB), new(ByteSize.MiB));
        Check(errors, "gateway.limits.handshake_timeout", limits.HandshakeTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Check(errors, "gateway.limits.header_timeout", limits.HeaderTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Check(errors, "gateway.limits.body_timeout", limits.BodyTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(errors, "gateway.limits.idle_timeout", limits.IdleTimeout, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));
        Check(errors, "gateway.limits.connections", limits.Connections, 10, 100_000);
        Check(errors, "gateway.limits.connections_per_address", limits.ConnectionsPerAddress, 1, int.MaxValue);
        Check(errors, "gateway.limits.uploads", limits.Uploads, 1, 1000);
        Check(errors, "gateway.limits.uploads_per_tenant", limits.UploadsPerTenant, 1, int.MaxValue);
        Check(errors, "gateway.limits.streams", limits.Streams, 1, 100_000);
        Check(errors, "gateway.limits.streams_per_lease", limits.StreamsPerLease, 1, int.MaxValue);
        Check(errors, "gateway.limits.write_timeout", limits.WriteTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Check(errors, "gateway.limits.ping_interval", limits.PingInterval, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(14));
        Check(errors, "gateway.limits.pong_timeout", limits.PongTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Check(errors, "gateway.limits.keys", limits.Keys, 100, 1_000_000);
    }

    private static void Check<T>(ValidateOptionsResultBuilder errors, string key, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) errors.AddError($"must be {min} to {max}, was {value}", key);
    }
}
