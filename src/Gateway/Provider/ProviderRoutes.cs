using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary><c>GET /version</c>: what the market's indexer asks first. Without a good answer the provider counts as offline.</summary>
internal sealed class VersionRoute(IOptions<GatewayOptions> options) : IRoute
{
    private const string ProductName = "provider-agent";

    public string Name => "version";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["version"];

    public RouteTarget Target => RouteTarget.Public;

    public LeaseScopes Scope => LeaseScopes.None;

    public Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        var text = typeof(VersionRoute).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var version = text.Split('+', 2);
        var build = new BuildAnswer(
            ProductName,
            $"{ProductName} {version[0]}",
            $"v{options.Value.CompatibleVersion}",
            version.Length > 1 ? version[1] : "",
            "",
            $"{RuntimeInformation.FrameworkDescription} {RuntimeInformation.RuntimeIdentifier}",
            [],
            "");
        return Answers.JsonAsync(call.Response, new VersionAnswer(build, null), GatewayJson.Default.VersionAnswer, ct);
    }
}

/// <summary><c>GET /address</c>: the provider's account.</summary>
internal sealed class AddressRoute(IMarketplace market) : IRoute
{
    public string Name => "address";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["address"];

    public RouteTarget Target => RouteTarget.Public;

    public LeaseScopes Scope => LeaseScopes.None;

    public Task HandleAsync(RouteCall call, CancellationToken ct) =>
        Answers.JsonAsync(call.Response, new(market.Account.Value), GatewayJson.Default.AddressAnswer, ct);
}

/// <summary><c>GET /status</c>: what the provider has and does.</summary>
internal sealed class ProviderStatusRoute(IProviderStatus provider, IMarketplace market) : IRoute
{
    private const long NanosecondsPerTick = 100;

    public string Name => "status";

    public string Method => "GET";

    public IReadOnlyList<string> Template { get; } = ["status"];

    public RouteTarget Target => RouteTarget.Public;

    public LeaseScopes Scope => LeaseScopes.None;

    public async Task HandleAsync(RouteCall call, CancellationToken ct)
    {
        var status = await provider.ReadAsync(ct);
        var available = new AvailableAnswer
        {
            Nodes = NullWhenEmpty(status.Nodes, node => new NodeAnswer(node.Name, Resources(node.Allocatable), Resources(node.Available))),
            Storage = NullWhenEmpty(status.Storage, storage => new StorageAnswer(storage.Class, storage.Size.Bytes)),
        };
        var inventory = new InventoryAnswer(available) { Active = NullWhenEmpty(status.Active, Resources), Pending = NullWhenEmpty(status.Pending, Resources), Error = status.Error };
        var answer = new StatusAnswer(new(status.Leases, inventory), new(status.Orders), new(status.Deployments))
        {
            ClusterPublicHostname = status.PublicHost.Length == 0 ? null : status.PublicHost,
            ReclamationWindow = status.ReclaimWindow?.Ticks * NanosecondsPerTick,
            Address = market.Account.Value,
        };
        await Answers.JsonAsync(call.Response, answer, GatewayJson.Default.StatusAnswer, ct);
    }

    private static ResourcesAnswer Resources(ResourceTotals totals) => new(totals.Cpu.Value, totals.Gpus, totals.Memory.Bytes, totals.EphemeralStorage.Bytes)
    {
        Storage = totals.PersistentStorage.Count == 0 ? null : totals.PersistentStorage.GroupBy(storage => storage.Class).ToDictionary(group => group.Key, group => group.Sum(storage => storage.Size.Bytes)),
    };

    private static TAnswer[]? NullWhenEmpty<T, TAnswer>(ValueList<T> items, Func<T, TAnswer> answer) => items.Count == 0 ? null : [.. items.Select(answer)];
}
