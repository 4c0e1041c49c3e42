using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ProviderAgent.Gateway;

/// <summary>Words for leases that cannot be shown; tenants' tools know them.</summary>
internal static class LeaseAnswerTexts
{
    public const string UnknownLease = "kube: lease not found";
    public const string NotDeployed = "kube: no deployments for lease";
    public const string NoManifest = "kube: no manifest for lease";
    public const string UnknownService = "kube: no service for that lease";

    /// <summary>Header that tells how old a status is when the engine cannot be asked. Tools that do not know it show the status as it is.</summary>
    public const string StaleHeader = "X-Status-Stale-Since";

    public static void MarkStale(HttpResponse response, LeaseStatus status)
    {
        if (status.StaleSince is { } since) response.Headers[StaleHeader] = since.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }
}

/// <summary><c>GET /lease/{dseq}/{gseq}/{oseq}/manifest</c>: the lease's part of the accepted manifest.</summary>
internal sealed class GetManifestRoute(ILeaseDirectory leases) : IRoute
{
    public string Name => "get_manifest";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["lease", "{dseq}", "{gseq}", "{oseq}", "manifest"];

    public RouteTarget Target => RouteTarget.Lease;

    public LeaseScopes Scope => LeaseScopes.GetManifest;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        if (await leases.FindManifestAsync(call.Lease, ct) is { } manifest) await Answers.JsonAsync(call.Response, manifest.Canonical, ct);
        else await Answers.TextAsync(call.Response, StatusCodes.Status404NotFound, "lease not found", ct);
    }
}

/// <summary><c>GET /lease/{dseq}/{gseq}/{oseq}/status</c>: how the lease's services are doing.</summary>
internal sealed class LeaseStatusRoute(ILeaseDirectory leases) : IRoute
{
    public string Name => "lease_status";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["lease", "{dseq}", "{gseq}", "{oseq}", "status"];

    public RouteTarget Target => RouteTarget.Lease;

    public LeaseScopes Scope => LeaseScopes.Status;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        switch (await leases.FindStatusAsync(call.Lease, ct))
        {
            case LeaseView.Deployed { Status: var status }:
                LeaseAnswerTexts.MarkStale(call.Response, status);
                await Answers.JsonAsync(call.Response, LeaseStatusAnswer.Of(status), GatewayJson.Default.LeaseStatusAnswer, ct);
                break;
            case LeaseView.NoManifest:
                await Answers.EmptyAsync(call.Response, StatusCodes.Status404NotFound);
                break;
            case LeaseView.NotDeployed:
                await Answers.TextAsync(call.Response, StatusCodes.Status404NotFound, LeaseAnswerTexts.NotDeployed, ct);
                break;
            default:
                await Answers.TextAsync(call.Response, StatusCodes.Status404NotFound, LeaseAnswerTexts.UnknownLease, ct);
                break;
        }
    }
}

/// <summary><c>GET /lease/{dseq}/{gseq}/{oseq}/service/{service}/status</c>: how one service is doing.</summary>
internal sealed class ServiceStatusRoute(ILeaseDirectory leases) : IRoute
{
    public string Name => "service_status";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["lease", "{dseq}", "{gseq}", "{oseq}", "service", "{service}", "status"];

    public RouteTarget Target => RouteTarget.Lease;

    /// <summary>The reference provider asks for no scope here; its own tools only come with full tokens, so the stricter check breaks nobody.</summary>
    public LeaseScopes Scope => LeaseScopes.Status;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        var view = await leases.FindStatusAsync(call.Lease, ct);
        if (view is LeaseView.Deployed { Status: var status })
        {
            foreach (var service in status.Services)
            {
                if (service.Name != call.Service) continue;
                LeaseAnswerTexts.MarkStale(call.Response, status);
                await Answers.JsonAsync(call.Response, ServiceAnswer.Of(service), GatewayJson.Default.ServiceAnswer, ct);
                return;
            }
        }

        var message = view switch
        {
            LeaseView.Deployed => LeaseAnswerTexts.UnknownService,
            LeaseView.NotDeployed => LeaseAnswerTexts.NotDeployed,
            LeaseView.NoManifest => LeaseAnswerTexts.NoManifest,
            _ => LeaseAnswerTexts.UnknownLease,
        };
        await Answers.TextAsync(call.Response, StatusCodes.Status404NotFound, message, ct);
    }
}
