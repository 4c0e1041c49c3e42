using Microsoft.Extensions.Options;

namespace ProviderAgent.Workloads;

/// <summary>The way to the router that the configuration asks for, or the one of all ways that it answers.</summary>
internal sealed class ReachableRouter(RouterCommand command, IOptionsMonitor<ReachOptions> options, TimeProvider time)
{
    private readonly UpnpRouter _upnp = new(command);
    private readonly NatPmpRouter _natPmp = new(command, time);
    private IRouter? _answers;

    /// <summary>Finds the router and asks it; null when none is to be asked.</summary>
    /// <exception cref="RouterException">None answers.</exception>
    public async Task<(IRouter Router, RouterLook Look)?> LookAsync(HostNetwork network, CancellationToken ct)
    {
        IRouter[] ways = options.CurrentValue.Router switch
        {
            RouterMode.Upnp => [_upnp],
            RouterMode.NatPmp => [_natPmp],
            RouterMode.Auto => ReferenceEquals(_answers, _natPmp) ? [_natPmp, _upnp] : [_upnp, _natPmp],
            _ => [],
        };
        var failures = new List<RouterException>();
        foreach (var way in ways)
        {
            try
            {
                var look = await way.LookAsync(network, ct);
                _answers = way;
                return (way, look);
            }
            catch (RouterException error)
            {
                failures.Add(error);
            }
        }

        return failures.Count == 0 ? null : throw new RouterException(string.Join("; ", failures.Select(failure => failure.Message)), failures[0]);
    }
}
