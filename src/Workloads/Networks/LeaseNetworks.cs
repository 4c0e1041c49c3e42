using System.Globalization;
using System.Net;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Makes the bridge network of a lease: a subnet and an interface of its own, so that the firewall can tell tenants apart.</summary>
internal sealed class LeaseNetworks(IDockerClient engine) : IDisposable
{
    private const int MaxTries = 16;

    // Two leases must not pick the same free subnet.
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Makes the network unless it is there.</summary>
    /// <exception cref="EngineException">The engine refused or is away.</exception>
    public async Task EnsureAsync(LeaseId lease, WorkloadNetworkOptions options, CancellationToken ct)
    {
        if (!SubnetPool.TryParse(options.Subnets, out var pool)) throw new InvalidOperationException("workloads.network.subnets was not checked");
        await _one.WaitAsync(ct);
        try
        {
            var existing = await engine.Networks.ListNetworksAsync(null, ct);
            if (existing.Any(network => network.Name == WorkloadNames.Network(lease))) return;
            var taken = existing.SelectMany(network => network.IPAM?.Config ?? [])
                .Select(config => IPNetwork.TryParse(config.Subnet, out var subnet) ? subnet : (IPNetwork?)null)
                .OfType<IPNetwork>().ToArray();
            var seed = uint.Parse(WorkloadNames.ShortHash(lease), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await CreateInFirstAccepted(lease, pool.Candidates(seed, taken).Take(MaxTries), ct);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task CreateInFirstAccepted(LeaseId lease, IEnumerable<IPNetwork> subnets, CancellationToken ct)
    {
        DockerApiException? refusal = null;
        foreach (var subnet in subnets)
        {
            try
            {
                await engine.Networks.CreateNetworkAsync(Parameters(lease, subnet), ct);
                return;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Forbidden)
            {
                refusal = error; // the host routes this range elsewhere
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                return; // it is there already
            }
        }

        throw refusal ?? new DockerApiException(HttpStatusCode.NotFound, "no subnet of workloads.network.subnets is free; widen the range");
    }

    private static NetworksCreateParameters Parameters(LeaseId lease, IPNetwork subnet) => new()
    {
        Name = WorkloadNames.Network(lease),
        Driver = "bridge",
        IPAM = new() { Config = [new() { Subnet = subnet.ToString() }] },
        Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = WorkloadNames.Bridge(lease) },
        Labels = WorkloadNames.Labels(lease),
    };
}
