using Microsoft.Extensions.Options;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>What the sender has to do and what it waits for. Touched by its worker only.</summary>
/// <param name="options">Bounds how long one step may take.</param>
/// <param name="time">Clock.</param>
internal sealed class SenderState(IOptions<ChainOptions> options, TimeProvider time)
{
    // A step asks a few questions and sends or simulates a few times; then it has come to an end, or says that it goes on.
    private const int CallsPerStep = 10;

    /// <summary>Whether the worker comes round. A step of many calls reports <see cref="LoopWatch.Progress"/> on the way.</summary>
    public LoopWatch Watch { get; } = new(
        time, TimeSpan.FromMinutes(2) + (CallsPerStep * Math.Max(1, options.Value.Endpoints.Count) * (options.Value.QueryTimeout + options.Value.TransactionTimeout)));

    /// <summary>Actions that are in no transaction yet, oldest first.</summary>
    public List<PendingAction> Waiting { get; } = [];

    /// <summary>Transactions whose outcome is not known, by sequence.</summary>
    public List<InFlightTransaction> InFlight { get; } = [];

    /// <summary>Outcomes that the outbox could not take yet.</summary>
    public Dictionary<string, OutboxOutcome> Unrecorded { get; } = [];

    /// <summary>Deployments whose escrow is settled by transactions under way.</summary>
    public IEnumerable<DeploymentId> Settling => InFlight.SelectMany(transaction => transaction.Actions).Select(action => action.Settles).OfType<DeploymentId>();

    /// <summary>Puts actions back where they came from, to be tried again first.</summary>
    public void Requeue(IEnumerable<PendingAction> actions) => Waiting.InsertRange(0, actions);

    /// <summary>No node's word for what waits in its pool is trusted any more; it is sent again.</summary>
    public void DoubtInFlight()
    {
        foreach (var transaction in InFlight) transaction.IsAccepted = false;
    }
}
