namespace ProviderAgent.Inventory;

/// <summary>Whether a lease that is won now could be run.</summary>
public interface IHostReadiness
{
    /// <summary>What stands in the way, with the fix; null when nothing does. Reading waits for nothing.</summary>
    string? Problem { get; }

    /// <summary>What keeps host names of web services from being served; null when nothing does. Leases without any run all the same.</summary>
    string? WebProblem => null;

    /// <summary>Raised when nothing stands in the way any more. Handlers must be quick.</summary>
    event Action? BecameReady
    {
        add { }
        remove { }
    }
}

/// <summary>Where nothing runs leases, nothing stands in their way.</summary>
internal sealed class AlwaysReady : IHostReadiness
{
    public string? Problem => null;
}
