using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary><c>POST /hostname/migrate</c>: moves host names from one lease of a tenant to another.</summary>
/// <remarks>The reference provider asks for no scope here; a token that may not do this on the destination is refused.</remarks>
internal sealed class MigrateHostNamesRoute(IHostNameDesk desk, IMarketplace market, GatewayMetrics metrics, IOptions<GatewayOptions> options, TimeProvider time) : IRoute
{
    private const int MaxHosts = 100;
    private const int MaxBody = 65_536;

    public string Name => "migrate_host_names";

    public string Method => "POST";

    public IReadOnlyList<string> Template { get; } = ["hostname", "migrate"];

    public RouteTarget Target => RouteTarget.Tenant;

    public LeaseScopes Scope => LeaseScopes.HostnameMigrate;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        if (await ReadAsync(call.Http.Request, ct) is not { } body)
        {
            await Answers.EmptyAsync(call.Response, StatusCodes.Status422UnprocessableEntity);
            return;
        }

        if (!call.Access.Covers(market.Account, body.DestinationDseq, lease: null) || !call.Access.Allows(Scope, market.Account, body.DestinationDseq, lease: null))
        {
            metrics.TokenRefused("access");
            await Answers.MessageAsync(call.Response, StatusCodes.Status401Unauthorized, "unauthorized access", ct);
            return;
        }

        if (body.HostnamesToMigrate is not { Count: > 0 } hosts)
        {
            await Answers.EmptyAsync(call.Response, StatusCodes.Status400BadRequest);
            return;
        }

        if (hosts.Count > MaxHosts)
        {
            await Answers.TextAsync(call.Response, StatusCodes.Status400BadRequest, $"at most {MaxHosts} host names can be moved at once", ct);
            return;
        }

        var names = hosts.Select(host => (host ?? "").ToLowerInvariant()).Distinct().ToArray();
        await AnswerAsync(call.Response, await desk.MigrateAsync(new(call.Lease.Owner, body.DestinationDseq, body.DestinationGseq), names, ct), names, ct);
    }

    private static Task AnswerAsync(HttpResponse response, HostNameMigration outcome, IReadOnlyList<string> names, CancellationToken ct) => outcome switch
    {
        HostNameMigration.Moved => AnswerMovedAsync(response, names, ct),
        HostNameMigration.NoDestination => RefuseAsync(response, "destination deployment does not exist", ct),
        HostNameMigration.NotNamed named => RefuseAsync(response, $"the hostname {Quote(named.Host)} is not used by this deployment", ct),
        HostNameMigration.Taken taken => RefuseAsync(response, $"hostname not allowed: host {Quote(taken.Host)} in use", ct),
        _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
    };

    private static Task AnswerMovedAsync(HttpResponse response, IReadOnlyList<string> names, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new(names), GatewayJson.Default.MigrateHostNamesAnswer);
        return Answers.JsonAsync(response, json, ct);
    }

    private static Task RefuseAsync(HttpResponse response, string message, CancellationToken ct) => Answers.TextAsync(response, StatusCodes.Status400BadRequest, message, ct);

    // What comes back to a caller is quoted as JSON, so that it shows where it begins and ends.
    private static string Quote(string host) => "\"" + JsonEncodedText.Encode(host.Length > 300 ? host[..300] : host) + "\"";

    /// <summary>Null when the body is no such request, too long, or does not arrive in time.</summary>
    private async Task<MigrateHostNamesBody?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(options.Value.Limits.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var bytes = new byte[MaxBody];
        var length = 0;
        try
        {
            while (length < bytes.Length && await request.Body.ReadAsync(bytes.AsMemory(length), either.Token) is > 0 and var read) length += read;
            return length == bytes.Length ? null : JsonSerializer.Deserialize(bytes.AsSpan(0, length), GatewayJson.Default.MigrateHostNamesBody);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }
}

internal sealed record MigrateHostNamesBody(
    [property: JsonPropertyName("hostnames_to_migrate")] IReadOnlyList<string?>? HostnamesToMigrate,
    [property: JsonPropertyName("destination_dseq")] ulong DestinationDseq,
    [property: JsonPropertyName("destination_gseq")] uint DestinationGseq);

internal sealed record MigrateHostNamesAnswer([property: JsonPropertyName("transferred")] IReadOnlyList<string> Transferred);
