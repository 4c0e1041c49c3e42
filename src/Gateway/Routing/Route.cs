using Microsoft.AspNetCore.Http;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>What the path of a route names.</summary>
internal enum RouteTarget
{
    /// <summary>Nothing of a tenant: open to everybody.</summary>
    Public,

    /// <summary>Nothing, but only tenants may ask; what they may is for the route to check, with <see cref="RouteCall.Access"/>.</summary>
    Tenant,

    /// <summary>A deployment of the caller.</summary>
    Deployment,

    /// <summary>A lease of the caller here.</summary>
    Lease,
}

/// <summary>One thing that callers can ask for.</summary>
internal interface IRoute
{
    /// <summary>For counting; from a small fixed set.</summary>
    string Name { get; }

    string Method { get; }

    /// <summary>Path in parts: literals, and <c>{dseq}</c>, <c>{gseq}</c>, <c>{oseq}</c>, <c>{service}</c>.</summary>
    IReadOnlyList<string> Template { get; }

    RouteTarget Target { get; }

    /// <summary>What a token must allow.</summary>
    LeaseScopes Scope { get; }

    /// <summary>What is wrong with the query; null when nothing is. Asked before <see cref="Scope"/> is checked.</summary>
    string? CheckQuery(HttpRequest request) => null;

    Task HandleAsync(RouteCall call, CancellationToken ct);
}

/// <summary>A request that may be answered.</summary>
/// <param name="Http">The request.</param>
/// <param name="Lease">The lease that the path names; for a deployment its group and order are 0; empty for public routes.</param>
/// <param name="Service">The service that the path names; else empty.</param>
internal sealed record RouteCall(HttpContext Http, LeaseId Lease, string Service)
{
    public HttpResponse Response => Http.Response;

    /// <summary>What the caller may do.</summary>
    public LeaseAccess Access { get; init; } = LeaseAccess.Anonymous;
}
