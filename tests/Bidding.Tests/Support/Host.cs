using ProviderAgent.Inventory;

namespace ProviderAgent.Bidding.Tests.Support;

/// <summary>A host that can run leases, or cannot.</summary>
internal sealed class Host : IHostReadiness
{
    public event Action? BecameReady;

    public string? Problem { get; set; }

    public void Recover()
    {
        Problem = null;
        BecameReady?.Invoke();
    }
}
