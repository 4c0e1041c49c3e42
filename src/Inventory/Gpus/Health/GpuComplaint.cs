namespace ProviderAgent.Inventory;

/// <summary>How much a complaint weighs.</summary>
internal enum Weight
{
    /// <summary>Not to be sold while it lasts, and a little longer.</summary>
    Rest,

    /// <summary>What it says of itself cannot be right: shown as quarantined while it lasts.</summary>
    Refuse,

    /// <summary>Not to be sold until the operator says so; remembered over restarts.</summary>
    Quarantine,

    /// <summary>The driver does not reach it.</summary>
    Lost,
}

/// <param name="Weight">What follows.</param>
/// <param name="Text">For people.</param>
internal sealed record GpuComplaint(Weight Weight, string Text);
