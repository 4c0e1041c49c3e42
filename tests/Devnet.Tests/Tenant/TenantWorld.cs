using System.Security.Cryptography.X509Certificates;
using ProviderAgent.Devnet.Tenant;
using ProviderAgent.Devnet.Tests.Harness;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Devnet.Tests.Tenant;

/// <summary>A chain that makes blocks by itself, a registered provider with a gateway, and a tenant.</summary>
internal sealed class TenantWorld : IAsyncDisposable
{
    public static readonly string Sdl = File.ReadAllText(Repository.Vector("gateway/sdl/01-simple-http/sdl.yaml"));
    public static readonly string OtherImage = Sdl.Replace("nginx:1.27", "nginx:1.28", StringComparison.Ordinal);

    private readonly X509Certificate2 _certificate;

    private TenantWorld(RpcNode node, FakeGateway gateway, X509Certificate2 certificate, DevnetTenant tenant) =>
        (Node, Gateway, _certificate, Tenant) = (node, gateway, certificate, tenant);

    public RpcNode Node { get; }

    public FakeGateway Gateway { get; }

    public DevnetTenant Tenant { get; }

    /// <param name="certificate">What the gateway shows, given the provider's address; null for what it should.</param>
    /// <param name="publish">Whether that is put on the chain.</param>
    /// <param name="change">Changes the tenant's options.</param>
    public static async Task<TenantWorld> StartAsync(Func<string, X509Certificate2>? certificate = null, bool publish = true, Action<TenantOptions>? change = null)
    {
        var node = await RpcNode.StartAsync(options => options.BlockTime = TimeSpan.FromMilliseconds(50));
        var provider = node.Chain.ProviderKey;
        var shown = certificate?.Invoke(provider.Address.Value) ?? TestCertificates.Make(provider.Address.Value, serial: 1_234_567_890_123);
        var gateway = await FakeGateway.StartAsync(shown);
        var record = Market.CreateProvider(provider);
        record.HostUri = gateway.Host;
        await node.DoAsync(provider, record);
        if (publish) await node.DoAsync(provider, TestCertificates.Message(provider, shown));
        var options = new TenantOptions { Rpc = node.Chain.RpcAddress };
        change?.Invoke(options);
        return new(node, gateway, shown, new(node.Chain.TenantKey, options));
    }

    /// <summary>Deploys, bids and accepts.</summary>
    public async Task<LeaseId> OpenLeaseAsync()
    {
        var deployment = await Tenant.DeployAsync(Sdl, Coin.Parse("5000000uact"));
        await BidAsync(deployment.Dseq);
        var bid = (await Tenant.ListBidsAsync(deployment.Dseq)).Single();
        return (await Tenant.AcceptAsync(bid.Id)).Id;
    }

    public async Task BidAsync(ulong dseq, string price = "50") =>
        await Node.DoAsync(Node.Chain.ProviderKey, Market.CreateBid(new(Tenant.Address, dseq, 1, 1), Node.Chain.ProviderKey, price));

    public async ValueTask DisposeAsync()
    {
        Tenant.Dispose();
        await Gateway.DisposeAsync();
        await Node.DisposeAsync();
        _certificate.Dispose();
    }
}
