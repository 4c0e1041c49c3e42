using Google.Protobuf;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Chain.Sending;

/// <summary>An action that somebody waits for. Belongs to the sender's worker, except for <see cref="Outcome"/>.</summary>
internal sealed class PendingAction(MarketAction action, IMessage message)
{
    private readonly TaskCompletionSource<ActionOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MarketAction Action { get; } = action;

    /// <summary>What is put into the transaction.</summary>
    public IMessage Message { get; } = message;

    public int MessageSize { get; } = message.CalculateSize();

    public Task<ActionOutcome> Outcome => _outcome.Task;

    /// <summary>The deployment whose escrow this action settles; null for none. See <see cref="BatchPicker"/>.</summary>
    public DeploymentId? Settles { get; } = action switch
    {
        MarketAction.Withdraw withdraw => withdraw.Lease.Deployment,

        // Only closing a bid that became a lease settles, but asking which one it is takes longer than keeping them apart.
        MarketAction.CloseBid close => close.Bid.Order.Deployment,
        _ => null,
    };

    /// <summary>It must not share a transaction any more, so that its failure can be told from that of others.</summary>
    public bool Alone { get; set; }

    /// <summary>Factor on the gas limit, raised each time that it ran out.</summary>
    public decimal GasBoost { get; set; } = 1;

    /// <summary>Its share of fees for transactions that failed because of others, or ran out of gas.</summary>
    public long FeeSoFar { get; set; }

    /// <summary>Kind of the action, for metrics.</summary>
    public string Kind => Action.GetType().Name;

    public void Complete(ActionOutcome outcome) => _outcome.TrySetResult(outcome);

    public void Fail(Exception error) => _outcome.TrySetException(error);

    public void Cancel() => _outcome.TrySetCanceled();

    public override string ToString() => Action switch
    {
        MarketAction.PlaceBid place => $"bid on {place.Bid.Order}",
        MarketAction.CloseBid close => $"close bid on {close.Bid.Order}",
        MarketAction.Withdraw withdraw => $"withdraw from {withdraw.Lease.Order}",
        MarketAction.StartReclaim reclaim => $"start reclaim of {reclaim.Lease.Order}",
        MarketAction.CreateProvider => "create provider",
        MarketAction.UpdateProvider => "update provider",
        MarketAction.PublishCertificate => "publish certificate",
        MarketAction.RevokeCertificate revoke => $"revoke certificate {revoke.Serial}",
        MarketAction.Convert convert => $"convert {convert.Burned}",
        _ => Kind,
    };
}
