using System.Globalization;
using System.Net;
using Microsoft.Extensions.Logging;
using ProviderAgent.Docker;
using ProviderAgent.Docker.Models;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Makes the bridge network of a lease: a subnet and an interface of its own, so that the firewall can tell tenants apart.</summary>
internal sealed partial class LeaseNetworks(IDockerClient engine, EngineChains chains, ILogger<LeaseNetworks> log) : IDisposable
{
    private const int MaxTries = 16;
    private const string TrialLabel = "provider-agent.trial";

    // Two leases must not pick the same free subnet.
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Makes the network unless it is there.</summary>
    /// <exception cref="EngineException">The engine refused or is away.</exception>
    /// <exception cref="HostFaultException">Its name or all subnets are taken, or the engine can make no network now.</exception>
    public async Task EnsureAsync(LeaseId lease, WorkloadNetworkOptions options, CancellationToken ct)
    {
        if (!SubnetPool.TryParse(options.Subnets, out var pool)) throw new InvalidOperationException("workloads.network.subnets was not checked");
        await _one.WaitAsync(ct);
        try
        {
            var existing = await engine.Networks.ListNetworksAsync(null, ct);
            if (existing.FirstOrDefault(network => network.Name == WorkloadNames.Network(lease)) is { } there)
            {
                if (there.Labels is { } labels && labels.TryGetValue(WorkloadNames.LeaseLabel, out var owner) && owner == lease.ToString()) return;
                Log.NameTaken(log, lease, there.Name, there.ID);
                throw new HostFaultException("something else on this host has the name that the lease's network needs; the operator is told");
            }

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

    /// <summary>Has the engine make a network that nobody needs, to see whether it can.</summary>
    /// <exception cref="EngineException">The engine is away, or refused for another reason than the lack of its chains.</exception>
    public async Task TryAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var trials = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [TrialLabel] = true } };
            foreach (var left in await engine.Networks.ListNetworksAsync(new() { Filters = trials }, ct)) await engine.Networks.DeleteNetworkAsync(left.ID, ct);
            var made = await engine.Networks.CreateNetworkAsync(new() { Name = TrialLabel, Driver = "bridge", Labels = new Dictionary<string, string> { [TrialLabel] = "" } }, ct);
            chains.Worked();
            await engine.Networks.DeleteNetworkAsync(made.ID, ct);
        }
        catch (DockerApiException error) when (chains.Explains(error))
        {
            // told
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task CreateInFirstAccepted(LeaseId lease, IEnumerable<IPNetwork> subnets, CancellationToken ct)
    {
        foreach (var subnet in subnets)
        {
            try
            {
                await engine.Networks.CreateNetworkAsync(Parameters(lease, subnet), ct);
                chains.Worked();
                return;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Forbidden)
            {
                Log.Refused(log, lease, subnet, error.ResponseBody); // the host routes this range elsewhere
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                return; // it is there already
            }
            catch (DockerApiException error) when (chains.Explains(error))
            {
                throw new HostFaultException(EngineChains.TenantText);
            }
        }

        Log.Exhausted(log, lease);
        throw new HostFaultException("this host has no network range left for another lease; the operator is told");
    }

    private static NetworksCreateParameters Parameters(LeaseId lease, IPNetwork subnet) => new()
    {
        Name = WorkloadNames.Network(lease),
        Driver = "bridge",
        IPAM = new() { Config = [new() { Subnet = subnet.ToString() }] },
        Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = WorkloadNames.Bridge(lease) },
        Labels = WorkloadNames.Labels(lease),
    };

    private static partial class Log
    {
        [LoggerMessage(4077, LogLevel.Error, "{Lease}: no subnet of workloads.network.subnets is free, so nothing of it can run; widen the range", EventName = "SubnetsExhausted")]
        public static partial void Exhausted(ILogger logger, LeaseId lease);

        [LoggerMessage(4078, LogLevel.Error, "{Lease}: the name {Network} belongs to somebody else's network {Id}, which is left alone. Remove it; until then nothing of the lease can run", EventName = "NetworkNameTaken")]
        public static partial void NameTaken(ILogger logger, LeaseId lease, string network, string id);

        [LoggerMessage(4079, LogLevel.Debug, "{Lease}: the engine does not take the subnet {Subnet}: {Reason}", EventName = "SubnetRefused")]
        public static partial void Refused(ILogger logger, LeaseId lease, IPNetwork subnet, string reason);
    }
}
