using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProviderAgent.Manifests;

namespace ProviderAgent.Gateway;

/// <summary><c>PUT /deployment/{dseq}/manifest</c>: takes the manifest of a deployment.</summary>
/// <remarks>
/// Who has no lease here is told so before the body is read, where the reference provider reads and judges it first: only paying tenants
/// can make this process hold megabytes. Everything that is the tenant's mistake is 422, also where the reference provider says 500.
/// </remarks>
internal sealed partial class SendManifestRoute(
    ILeaseDirectory leases,
    ManifestReceiver receiver,
    UploadSlots slots,
    IOptions<GatewayOptions> options,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger<SendManifestRoute> log) : IRoute
{
    /// <summary>Some tools look for exactly this text to know that trying again makes sense.</summary>
    private const string NoLease = "no lease for deployment";

    private const string RetryAfterSeconds = "5";

    public string Name => "send_manifest";

    public string Method => "PUT";

    public IReadOnlyList<string> Template { get; } = ["deployment", "{dseq}", "manifest"];

    public RouteTarget Target => RouteTarget.Deployment;

    public LeaseScopes Scope => LeaseScopes.SendManifest;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        var deployment = call.Lease.Deployment;
        if ((await leases.ListRunningAsync(deployment, ct)).Count == 0)
        {
            metrics.ManifestEnded("no_lease");
            await Answers.TextAsync(call.Response, StatusCodes.Status404NotFound, NoLease, ct);
            return;
        }

        using var slot = slots.TryTake(deployment.Owner);
        if (slot is null)
        {
            call.Response.Headers.RetryAfter = RetryAfterSeconds;
            await Answers.TextAsync(call.Response, StatusCodes.Status503ServiceUnavailable, "too many manifests are being received; send this one again in a moment", ct);
            return;
        }

        if (await ReadBodyAsync(call.Http.Request, ct) is not { } body)
        {
            await Answers.TextAsync(call.Response, StatusCodes.Status408RequestTimeout, "the manifest did not arrive in time", ct);
            return;
        }

        await AnswerAsync(call, await receiver.ReceiveAsync(deployment, body, ct), ct);
    }

    private async Task AnswerAsync(RouteCall call, ManifestOutcome outcome, CancellationToken ct)
    {
        var (counted, status, message) = outcome switch
        {
            ManifestOutcome.Accepted => ("accepted", StatusCodes.Status200OK, ""),
            ManifestOutcome.Unchanged => ("unchanged", StatusCodes.Status200OK, ""),
            ManifestOutcome.NoLease => ("no_lease", StatusCodes.Status404NotFound, NoLease),
            ManifestOutcome.Malformed malformed => ("malformed", StatusCodes.Status422UnprocessableEntity, malformed.Message),
            ManifestOutcome.Refused { Refusal: var refusal } => (Count(refusal.Rule), StatusCodes.Status422UnprocessableEntity, refusal.Message),
            _ => throw new InvalidOperationException($"unknown outcome {outcome.GetType().Name}"),
        };
        metrics.ManifestEnded(counted);
        if (outcome is ManifestOutcome.Accepted) Log.Accepted(log, call.Lease.Deployment.ToString());
        if (status == StatusCodes.Status200OK) await Answers.EmptyAsync(call.Response, status);
        else await Answers.TextAsync(call.Response, status, message, ct);
    }

    /// <summary>Null when the body does not arrive in time.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(options.Value.Limits.BodyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            // The listener bounds the length, announced or not.
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, either.Token);
            return body.GetBuffer().AsMemory(0, (int)body.Length);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string Count(ManifestRule rule) => rule switch
    {
        ManifestRule.Structure => "structure",
        ManifestRule.Version => "version",
        ManifestRule.Groups => "groups",
        ManifestRule.HostNames => "host_names",
        _ => "update",
    };

    private static partial class Log
    {
        [LoggerMessage(6301, LogLevel.Information, "The manifest of deployment {Deployment} is accepted; its services are started", EventName = "ManifestAccepted")]
        public static partial void Accepted(ILogger logger, string deployment);
    }
}
