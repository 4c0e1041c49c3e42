namespace ProviderAgent.Workloads;

/// <summary>Where a lease stands on this host. The market knows only running and ended; this is our side of it.</summary>
public enum LeaseStage
{
    /// <summary>Won and paid for; the tenant has not sent what to run.</summary>
    AwaitingManifest,

    /// <summary>No manifest came in time: the market is asked to end the lease, and none is taken any more.</summary>
    Overdue,

    /// <summary>First containers are on their way up.</summary>
    Deploying,

    /// <summary>Every replica of the accepted manifest runs.</summary>
    Active,

    /// <summary>A newer manifest was accepted and replaces the running one.</summary>
    Updating,

    /// <summary>The market ended the lease; what runs is taken down.</summary>
    Closing,

    /// <summary>Nothing of the lease is left on the engine.</summary>
    Closed,
}

/// <summary>What can happen to a lease on this host.</summary>
public enum LeaseEvent
{
    /// <summary>The tenant sent a manifest that differs from the running one.</summary>
    ManifestAccepted,

    /// <summary>The tenant has had its time to send a manifest.</summary>
    ManifestOverdue,

    /// <summary>The market did not end an overdue lease; its tenant may still send a manifest.</summary>
    CloseRefused,

    /// <summary>Every replica of the accepted manifest runs.</summary>
    ReplicasReady,

    /// <summary>Every replica has stayed up for a while: this manifest is one to come back to.</summary>
    ProvedGood,

    /// <summary>A newer manifest does not stay up; the last good one runs again.</summary>
    UpdateFailed,

    /// <summary>The market says that the lease has ended. Never concluded from a failed read.</summary>
    CloseSeen,

    /// <summary>No container, network or volume of the lease is left.</summary>
    ContainersGone,
}

/// <summary>The life of a lease as one table.</summary>
public static class LeaseMachine
{
    /// <summary>The stage after <paramref name="happened"/>, or null when the event changes nothing; so repeated events die here.</summary>
    public static LeaseStage? Next(LeaseStage stage, LeaseEvent happened) => (stage, happened) switch
    {
        // A newer manifest during a roll-out replaces what is wanted; equal hashes stop before this table.
        (LeaseStage.AwaitingManifest or LeaseStage.Deploying, LeaseEvent.ManifestAccepted) => LeaseStage.Deploying,
        (LeaseStage.Active or LeaseStage.Updating, LeaseEvent.ManifestAccepted) => LeaseStage.Updating,
        (LeaseStage.AwaitingManifest, LeaseEvent.ManifestOverdue) => LeaseStage.Overdue,
        (LeaseStage.Overdue, LeaseEvent.CloseRefused) => LeaseStage.AwaitingManifest,
        (LeaseStage.Deploying, LeaseEvent.ReplicasReady) => LeaseStage.Active,
        (LeaseStage.Updating, LeaseEvent.ReplicasReady) => LeaseStage.Active,
        (LeaseStage.Active, LeaseEvent.ProvedGood) => LeaseStage.Active,
        (LeaseStage.Active or LeaseStage.Updating, LeaseEvent.UpdateFailed) => LeaseStage.Updating,
        (not (LeaseStage.Closing or LeaseStage.Closed), LeaseEvent.CloseSeen) => LeaseStage.Closing,
        (LeaseStage.Closing, LeaseEvent.ContainersGone) => LeaseStage.Closed,
        _ => null,
    };
}
