using System.Net;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Workloads;

/// <summary>Where the mapping of a port stands.</summary>
public enum MappingStage
{
    /// <summary>The router leads it to this host.</summary>
    Mapped,

    /// <summary>The router leads it to this host because somebody else told it to.</summary>
    Foreign,

    /// <summary>The router leads it to another host.</summary>
    Taken,

    /// <summary>The router does not want to.</summary>
    Refused,

    /// <summary>The router did not answer the question.</summary>
    Waiting,
}

/// <summary>A wanted port and what the router does with it.</summary>
/// <param name="Port">The port.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Detail">Why it is not mapped; null when it is.</param>
/// <param name="Until">When the mapping ends unless it is renewed; null when it does not, or is none of ours.</param>
public sealed record PortState(WantedPort Port, MappingStage Stage, string? Detail, DateTimeOffset? Until);

/// <summary>Keeps the router's mappings equal to what is wanted. It never touches one that it did not make.</summary>
/// <remarks>Nothing is remembered over restarts: a list tells what was made before by its name, and what cannot be listed ends by itself.</remarks>
internal sealed class MappingKeeper(TimeProvider time)
{
    // What an earlier run left is not removed at once: whose it was may come to light only when the market has been read.
    private static readonly TimeSpan LeftOverGrace = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(int Port, PortProtocol Protocol), Made> _made = [];
    private readonly Dictionary<(int Port, PortProtocol Protocol), long> _leftOverSince = [];
    private readonly HashSet<IPAddress> _ownAddresses = [];
    private string? _protocol;

    /// <summary>Compares and acts.</summary>
    /// <param name="router">The router.</param>
    /// <param name="look">What it just said.</param>
    /// <param name="network">This host.</param>
    /// <param name="wanted">All ports that are wanted.</param>
    /// <param name="isAll">False while some of them may not be known yet: then nothing is removed.</param>
    /// <param name="lifetime">To ask for.</param>
    /// <param name="ct">Ends it; what was mapped stays.</param>
    public async Task<ValueList<PortState>> KeepAsync(
        IRouter router, RouterLook look, HostNetwork network, ValueList<WantedPort> wanted, bool isAll, TimeSpan lifetime, CancellationToken ct)
    {
        if (network.Local is not { } local) return Waiting(wanted, "this host has no address on a default route");
        if (look.WasRestarted || _protocol != router.Protocol) _made.Clear();
        _protocol = router.Protocol;
        var targets = wanted.ToDictionary(port => (port.OutsidePort, port.Protocol), port => Target(port, local));
        _ownAddresses.Add(local);
        _ownAddresses.UnionWith(targets.Values.Select(target => target.Address));
        string? silent = null;
        if (isAll) silent = await RemoveAsync(router, look, network, targets, ct);
        var states = new List<PortState>();
        foreach (var port in wanted)
        {
            if (silent is not null)
            {
                states.Add(new(port, MappingStage.Waiting, silent, null));
                continue;
            }

            try
            {
                states.Add(await KeepAsync(router, look, network, port, targets[(port.OutsidePort, port.Protocol)], lifetime, ct));
            }
            catch (RouterException error) when (error.IsSilent)
            {
                silent = error.Message; // the others would wait for it just as long
                states.Add(new(port, MappingStage.Waiting, silent, null));
            }
            catch (RouterException error)
            {
                states.Add(new(port, MappingStage.Refused, error.Message, null));
            }
        }

        return [.. states];
    }

    /// <summary>All ports while nobody can be asked for them. What was mapped may still be.</summary>
    public static ValueList<PortState> Waiting(ValueList<WantedPort> wanted, string why) => wanted.Select(port => new PortState(port, MappingStage.Waiting, why, null)).ToValueList();

    private async Task<PortState> KeepAsync(
        IRouter router, RouterLook look, HostNetwork network, WantedPort port, IPEndPoint target, TimeSpan lifetime, CancellationToken ct)
    {
        var key = (port.OutsidePort, port.Protocol);
        var listed = look.Entries.FirstOrDefault(entry => entry.OutsidePort == port.OutsidePort && entry.Protocol == port.Protocol);
        if (listed is not null && !IsOurs(listed))
        {
            if (listed.Target.Equals(target)) return new(port, MappingStage.Foreign, null, null);
            return new(port, MappingStage.Taken, $"the router leads it to {listed.Target} ('{listed.Description}')", null);
        }

        // A list that lacks it is believed only as a whole.
        var isThere = listed is not null ? listed.Target.Equals(target) : !look.IsWhole;
        if (_made.TryGetValue(key, out var made) && made.Target.Equals(target) && isThere && (made.RenewAfter is not { } after || time.GetElapsedTime(made.At) < after))
            return new(port, MappingStage.Mapped, null, made.Until);

        switch (await router.MapAsync(network, port.OutsidePort, port.Protocol, target, lifetime, ct))
        {
            case RouterGrant.Given { Lifetime: var given }:
                // A router may give less than it was asked for.
                var until = given > TimeSpan.Zero ? time.GetUtcNow() + given : (DateTimeOffset?)null;
                _made[key] = new(target, time.GetTimestamp(), given > TimeSpan.Zero ? Shorter(given, lifetime) / 2 : null, until);
                return new(port, MappingStage.Mapped, null, until);
            case RouterGrant.Refused { Why: var why, IsTaken: var taken }:
                _made.Remove(key);
                return new(port, taken ? MappingStage.Taken : MappingStage.Refused, taken ? why : $"the router refuses: {why}", null);
            default:
                throw new NotSupportedException("a grant of a new kind");
        }
    }

    /// <summary>Gives up what is not wanted any more, or leads to where it should not.</summary>
    /// <returns>Why the rest must wait; null when it need not.</returns>
    private async Task<string?> RemoveAsync(IRouter router, RouterLook look, HostNetwork network, Dictionary<(int, PortProtocol), IPEndPoint> targets, CancellationToken ct)
    {
        foreach (var (key, target) in Stale(look, targets))
        {
            try
            {
                await router.UnmapAsync(network, key.Port, key.Protocol, target, ct);
            }
            catch (RouterException error) when (error.IsSilent)
            {
                return error.Message;
            }
            catch (RouterException)
            {
                // It ends by itself; a wish for the same port hears why it cannot be had.
            }

            _made.Remove(key);
        }

        foreach (var gone in _made.Where(pair => !IsWanted(pair.Key, pair.Value.Target, targets)).Select(pair => pair.Key).ToArray()) _made.Remove(gone);
        return null;
    }

    private ((int Port, PortProtocol Protocol) Key, IPEndPoint Target)[] Stale(RouterLook look, Dictionary<(int, PortProtocol), IPEndPoint> targets)
    {
        var listed = look.Entries.Where(IsOurs).Select(entry => (Key: (entry.OutsidePort, entry.Protocol), entry.Target)).Where(mapping => !IsWanted(mapping.Key, mapping.Target, targets)).ToArray();
        foreach (var gone in _leftOverSince.Keys.Except(listed.Select(mapping => mapping.Key)).ToArray()) _leftOverSince.Remove(gone);
        foreach (var (key, _) in listed) _leftOverSince.TryAdd(key, time.GetTimestamp());
        // One that stands in the way of a wanted one goes at once.
        var due = listed.Where(mapping => _made.ContainsKey(mapping.Key) || targets.ContainsKey(mapping.Key) || time.GetElapsedTime(_leftOverSince[mapping.Key]) >= LeftOverGrace);
        // A whole list shows all that we made; else our own notes count, but for what the list shows to be somebody else's by now.
        var made = look.IsWhole ? [] : _made.Select(pair => (pair.Key, pair.Value.Target))
            .Where(mapping => !IsWanted(mapping.Key, mapping.Target, targets) && !look.Entries.Any(entry => entry.OutsidePort == mapping.Key.Port && entry.Protocol == mapping.Key.Protocol && !IsOurs(entry)));
        return [.. due.Concat(made).DistinctBy(mapping => mapping.Key)];
    }

    private static bool IsWanted((int, PortProtocol) key, IPEndPoint target, Dictionary<(int, PortProtocol), IPEndPoint> targets) => targets.TryGetValue(key, out var wanted) && wanted.Equals(target);

    /// <summary>By name and target, and only for addresses that this process has had.</summary>
    private bool IsOurs(RouterEntry entry) => _ownAddresses.Contains(entry.Target.Address) && entry.Description == UpnpRouter.Description(entry.Target.Address);

    private static IPEndPoint Target(WantedPort port, IPAddress local) => new(port.Listener.Address.Equals(IPAddress.Any) ? local : port.Listener.Address, port.Listener.Port);

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private sealed record Made(IPEndPoint Target, long At, TimeSpan? RenewAfter, DateTimeOffset? Until);
}
