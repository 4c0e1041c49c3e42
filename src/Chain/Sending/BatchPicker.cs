using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>Chooses which waiting actions share the next transaction. Pure.</summary>
/// <remarks>
/// The chain settles a deployment's escrow at most once per block: a second settlement finds nothing to do and panics, which fails
/// its whole transaction. So two settlements of one deployment never share a transaction, and the second waits until the first is
/// known to be in a block.
/// </remarks>
internal static class BatchPicker
{
    // Nodes take request bodies of 1 MB, in which a transaction is base64; this leaves ample room.
    public const int MaxBytes = 128 * 1024;

    /// <summary>Takes the chosen actions out of <paramref name="waiting"/>, in their order. Empty when none may go now.</summary>
    /// <param name="waiting">Oldest first.</param>
    /// <param name="settling">Deployments that transactions under way settle.</param>
    /// <param name="maxActions">The most actions of one transaction.</param>
    public static List<PendingAction> Take(List<PendingAction> waiting, IEnumerable<DeploymentId> settling, int maxActions)
    {
        var busy = settling.ToHashSet();
        var batch = new List<PendingAction>();
        var bytes = 0;
        foreach (var pending in waiting)
        {
            if (pending.Settles is { } deployment && busy.Contains(deployment)) continue;
            if (batch.Count > 0 && (pending.Alone || bytes + pending.MessageSize > MaxBytes)) continue;
            batch.Add(pending);
            bytes += pending.MessageSize;
            if (pending.Settles is { } settled) busy.Add(settled);
            if (pending.Alone || batch.Count == maxActions) break;
        }

        waiting.RemoveAll(batch.Contains);
        return batch;
    }
}
